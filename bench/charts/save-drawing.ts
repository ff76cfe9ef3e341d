/** Writes a drawing as SVG and as PNG. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodePng } from '../../packages/ventriseg/src/pictures/index.ts';
import type { Drawing } from './drawing.ts';
import { rasterise } from './raster.ts';
import { toSvg } from './svg.ts';

/** Makes `<name>.svg` and `<name>.png` in a folder, which is made too. @returns their paths */
export async function saveDrawing(directory: string, name: string, drawing: Drawing): Promise<string[]> {
  await mkdir(directory, { recursive: true });
  const [svg, png] = [join(directory, `${name}.svg`), join(directory, `${name}.png`)];
  await writeFile(svg, toSvg(drawing));
  await writeFile(png, encodePng(rasterise(drawing)));
  return [svg, png];
}
