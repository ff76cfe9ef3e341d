/**
 * A slice of a scan in grey with the labels over it in colour, for contact sheets, reports and TensorBoard.
 */
import { VentrisegError } from '../errors.ts';
import { ventricles } from '../labels/schemes.ts';
import type { Picture, Rgb } from './picture.ts';

/**
 * Colours of the ventricles by canonical label, from FreeSurferColorLUT.txt, and of label 1, which binary masks
 * use for all of them, as the lateral ones.
 */
export const ventricleColours: ReadonlyMap<number, Rgb> = new Map<number, Rgb>([
  [1, [120, 18, 134]],
  ...ventricles.map(({ number, colour }): [number, Rgb] => [number, colour]),
]);

export interface OverlayOptions {
  /** Colour of each label; labels without one stay grey. `ventricleColours` when left out. */
  readonly colours?: ReadonlyMap<number, Rgb>;
  /** 0 shows the scan alone, 1 the colour alone; 0.5 when left out, 1 for outlines. */
  readonly opacity?: number;
  /** Colour only the pixels that have another label, or the picture's edge, above, below, left or right. */
  readonly outline?: boolean;
}

/**
 * RGB picture of a slice with its labels.
 *
 * @param slice grey values, 0 to 255, row by row from the top left
 * @param mask label of each pixel, 0 for none
 * @throws VentrisegError BAD_ARGUMENT when slice and mask are not of the given size or the opacity is not 0 to 1.
 */
export function greyWithMaskRgb(
  slice: ArrayLike<number>,
  mask: ArrayLike<number>,
  width: number,
  height: number,
  options: OverlayOptions = {},
): Picture {
  const { colours = ventricleColours, outline = false, opacity = outline ? 1 : 0.5 } = options;
  if (slice.length !== width * height || mask.length !== width * height) {
    throw new VentrisegError(
      'BAD_ARGUMENT',
      `overlay: ${width}x${height} needs ${width * height} pixels, got a slice of ${slice.length} ` +
        `and a mask of ${mask.length}`,
    );
  }
  if (!(opacity >= 0 && opacity <= 1)) {
    throw new VentrisegError('BAD_ARGUMENT', `overlay: opacity must be from 0 to 1, got ${opacity}`);
  }
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      const grey = slice[i]!;
      const label = mask[i]!;
      const colour = label === 0 ? undefined : colours.get(label);
      const drawn = colour !== undefined && (!outline || isEdge(mask, x, y, width, height));
      for (let c = 0; c < 3; c++) {
        data[i * 3 + c] = drawn ? Math.round(grey * (1 - opacity) + colour[c]! * opacity) : grey;
      }
    }
  }
  return { width, height, data, channels: 3 };
}

function isEdge(mask: ArrayLike<number>, x: number, y: number, width: number, height: number): boolean {
  if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return true;
  const i = y * width + x;
  const label = mask[i];
  return (
    mask[i - 1] !== label || mask[i + 1] !== label || mask[i - width] !== label || mask[i + width] !== label
  );
}
