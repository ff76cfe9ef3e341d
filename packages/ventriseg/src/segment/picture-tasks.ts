/** What is drawn and encoded in a thread of its own (see picture-thread.ts). */
import type { Volume } from '@ventriseg/imaging';
import { type EncodedPicture, encodePng, type Picture } from '../pictures/index.ts';
import { drawReportSurfaces } from '../report/index.ts';

/** @returns undefined without ventricles */
export function surfaces(labels: Volume<Uint8Array>): EncodedPicture | undefined {
  const picture = drawReportSurfaces(labels);
  return picture && encode(picture);
}

export function encode(picture: Picture): EncodedPicture {
  const { width, height } = picture;
  return { width, height, png: encodePng(picture) };
}
