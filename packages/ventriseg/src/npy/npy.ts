/**
 * NumPy's .npy format, version 1.0: magic, a Python dict literal that names type, order and shape, then the raw
 * array (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).
 *
 * Chosen for datasets because numpy, PyTorch and Julia open it as it is and it can be written slice by slice.
 * Only little-endian, C-order arrays of the types below; anything else is refused by name.
 */
import { VentrisegError } from '../errors.ts';

/** Element types that are read and written. */
export type NpyType = 'uint8' | 'int16' | 'int32' | 'float32' | 'float64';

export interface NpyHeader {
  readonly type: NpyType;
  /** Slowest axis first, as numpy counts. */
  readonly shape: readonly number[];
  /** Bytes before the first element. */
  readonly dataOffset: number;
}

const descriptors: Record<NpyType, string> = {
  uint8: '|u1',
  int16: '<i2',
  int32: '<i4',
  float32: '<f4',
  float64: '<f8',
};

/** Bytes of one element. */
export const npyBytesPerElement: Readonly<Record<NpyType, number>> = {
  uint8: 1,
  int16: 2,
  int32: 4,
  float32: 4,
  float64: 8,
};

/** Length of every header written here: room for five axes of twelve digits, and a multiple of 64. */
export const npyHeaderLength = 192;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/**
 * The header of an array: always {@link npyHeaderLength} bytes, so that it can be written again in place once
 * the number of slices is known.
 */
export function encodeNpyHeader(type: NpyType, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) {
    throw new VentrisegError('BAD_ARGUMENT', `npy shape must be whole numbers: [${shape.join(', ')}]`);
  }
  const axes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '${descriptors[type]}', 'fortran_order': False, 'shape': (${axes}), }`;
  const room = npyHeaderLength - 10 - 1;
  if (text.length > room) {
    throw new VentrisegError('BAD_ARGUMENT', `npy header for shape (${axes}) is over ${room} characters`);
  }
  const bytes = new Uint8Array(npyHeaderLength);
  bytes.set(magic);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, npyHeaderLength - 10, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(room)}\n`), 10);
  return bytes;
}

/**
 * Reads the header from the first bytes of a file; versions 1, 2 and 3.
 *
 * @throws VentrisegError NPY_INVALID when it is not an array this reader understands.
 */
export function decodeNpyHeader(bytes: Uint8Array, path?: string): NpyHeader {
  const where = path === undefined ? 'npy' : path;
  const fail = (what: string): never => {
    throw new VentrisegError('NPY_INVALID', `${where}: ${what}`, path === undefined ? {} : { path });
  };
  if (bytes.length < 12 || !magic.every((byte, k) => bytes[k] === byte)) {
    fail('does not start with the .npy magic; not a NumPy array file');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = bytes[6] === 1 ? 10 : 12;
  const dataOffset = start + (bytes[6] === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataOffset > bytes.length) fail(`header of ${dataOffset} bytes is cut off at ${bytes.length}`);
  const text = new TextDecoder().decode(bytes.subarray(start, dataOffset));
  const descriptor = /'descr'\s*:\s*'([^']+)'/.exec(text)?.[1] ?? '';
  const type = (Object.keys(descriptors) as NpyType[]).find((name) => descriptors[name] === descriptor);
  if (type === undefined) {
    return fail(`element type '${descriptor}' is not one of ${Object.values(descriptors).join(' ')}`);
  }
  if (!/'fortran_order'\s*:\s*False/.test(text)) fail('stored in Fortran order; save it with order C');
  const axes = /'shape'\s*:\s*\(([^)]*)\)/.exec(text)?.[1];
  if (axes === undefined) return fail('header names no shape');
  const shape = axes
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  if (!shape.every((n) => Number.isSafeInteger(n) && n >= 0)) fail(`shape (${axes}) is not whole numbers`);
  return { type, shape, dataOffset };
}
