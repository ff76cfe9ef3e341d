/** Slices with their true and predicted masks, as pictures for people. */
import { contactSheet, greyWithMaskRgb, type Picture, upscale } from '../pictures/index.ts';

export interface SliceTile {
  readonly name: string;
  /** 0 to 255. */
  readonly picture: Uint8Array;
  /** Class numbers. */
  readonly truth: Uint8Array;
  readonly predicted: Uint8Array;
}

/** One row a slice: as it is, with the true mask, with the predicted mask; each pixel doubled. */
export function tileSheet(tiles: readonly SliceTile[], size: { rows: number; columns: number }): Picture {
  const pictures = tiles.flatMap(({ picture, truth, predicted }) =>
    [new Uint8Array(picture.length), truth, predicted].map((mask) =>
      upscale(greyWithMaskRgb(picture, mask, size.columns, size.rows, {}), 2),
    ),
  );
  const labels = tiles.flatMap(({ name }) => [name, 'true', 'predicted']);
  return contactSheet(pictures, { columns: 3, labels });
}
