/**
 * Width, height and channels from the first 26 bytes of a PNG file (signature and IHDR chunk), so that a wrong
 * picture is refused when it is written and not found out in TensorBoard.
 */
import { TensorBoardError } from './errors.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by PNG colour type: grey, -, RGB, palette (shown as RGB), grey + alpha, -, RGBA. */
const CHANNELS = [1, undefined, 3, 3, 2, undefined, 4];

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 2 grey and alpha, 3 RGB or palette, 4 RGBA. */
  readonly channels: number;
}

/**
 * Reads the header of a PNG file.
 *
 * @throws TensorBoardError BAD_ARGUMENT when the bytes are no PNG file.
 */
export function readPngHeader(png: Uint8Array): PngHeader {
  const channels = CHANNELS[png[25] ?? -1];
  if (!SIGNATURE.every((byte, i) => png[i] === byte) || channels === undefined) {
    const start = Array.from(png.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    throw new TensorBoardError(
      'BAD_ARGUMENT',
      `image: ${png.length} bytes beginning with ${start || 'nothing'} are no PNG file; encode the pixels first`,
    );
  }
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return { width: view.getUint32(16), height: view.getUint32(20), channels };
}
