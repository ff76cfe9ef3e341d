/**
 * The header of FreeSurfer's MGH format (.mgh, and .mgz when compressed): big-endian, 284 bytes, voxels follow.
 *
 * Layout and the default geometry for `goodRASFlag` 0 follow FreeSurfer's documentation of the format
 * (surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat); the centre is at `dim / 2`, as there, not at
 * `(dim - 1) / 2`.
 */
import { ImagingError } from '../errors.ts';
import { wrongMagicError } from '../volume/foreign-formats.ts';
import type { StoredType } from '../volume/stored-voxels.ts';
import type { Affine, Shape3, Vec3 } from '../volume/volume.ts';

/** Voxels start here. */
export const MGH_HEADER_LENGTH = 284;

export interface MghHeader {
  /** Width, height, depth and number of frames. */
  readonly dim: readonly [number, number, number, number];
  /** 0 uchar, 1 int, 3 float, 4 short, 10 ushort. */
  readonly type: number;
  readonly degreesOfFreedom: number;
  /** False: the geometry below is not in the file, it is FreeSurfer's default (1 mm, LIA, centred). */
  readonly goodRas: boolean;
  readonly spacingMm: Vec3;
  /** Directions of the three axes in RAS: x_r x_a x_s, y_r y_a y_s, z_r z_a z_s. */
  readonly directions: readonly number[];
  /** RAS of voxel (nx/2, ny/2, nz/2). */
  readonly centreRas: Vec3;
}

const STORED_TYPES: Readonly<Record<number, StoredType>> = {
  0: 'uint8',
  1: 'int32',
  3: 'float32',
  4: 'int16',
  10: 'uint16',
};

/** Whether a file starts like MGH: version 1, big-endian. */
export function isMghHead(head: Uint8Array): boolean {
  return head.length >= 4 && head[0] === 0 && head[1] === 0 && head[2] === 0 && head[3] === 1;
}

/**
 * Decodes a header from the first bytes of a file.
 *
 * @throws ImagingError WRONG_MAGIC, TRUNCATED (shorter than a header)
 */
export function parseMghHeader(head: Uint8Array, path?: string): MghHeader {
  if (!isMghHead(head)) throw wrongMagicError(head, 'FreeSurfer MGH file', path);
  if (head.length < MGH_HEADER_LENGTH) {
    throw new ImagingError(
      'TRUNCATED',
      `${path ?? 'scan'}: an MGH header has ${MGH_HEADER_LENGTH} bytes but the file holds ${head.length}; ` +
        `it looks truncated`,
      path === undefined ? {} : { path },
    );
  }
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const goodRas = view.getInt16(28) > 0;
  const real = (index: number) => view.getFloat32(30 + 4 * index);
  return {
    dim: [view.getInt32(4), view.getInt32(8), view.getInt32(12), view.getInt32(16)],
    type: view.getInt32(20),
    degreesOfFreedom: view.getInt32(24),
    goodRas,
    spacingMm: goodRas ? [real(0), real(1), real(2)] : [1, 1, 1],
    directions: goodRas ? Array.from({ length: 9 }, (_, i) => real(3 + i)) : [-1, 0, 0, 0, 0, -1, 0, 1, 0],
    centreRas: goodRas ? [real(12), real(13), real(14)] : [0, 0, 0],
  };
}

/**
 * The voxel type of a header.
 *
 * @throws ImagingError UNSUPPORTED_TYPE
 */
export function mghStoredType(header: MghHeader, path?: string): StoredType {
  const type = STORED_TYPES[header.type];
  if (type !== undefined) return type;
  throw new ImagingError(
    'UNSUPPORTED_TYPE',
    `${path ?? 'scan'}: MGH voxels of type ${header.type} are not supported (0 uchar, 1 int, 3 float, 4 short, ` +
      `10 ushort are)`,
    path === undefined ? {} : { path },
  );
}

/** Voxel index to world RAS mm. */
export function mghAffine(header: MghHeader, shape: Shape3): Affine {
  const { spacingMm, directions, centreRas } = header;
  const affine = new Array<number>(16).fill(0);
  for (let row = 0; row < 3; row++) {
    let offset = centreRas[row]!;
    for (let column = 0; column < 3; column++) {
      const step = directions[3 * column + row]! * spacingMm[column]!;
      affine[4 * row + column] = step;
      offset -= step * (shape[column]! / 2);
    }
    affine[4 * row + 3] = offset;
  }
  affine[15] = 1;
  return affine;
}
