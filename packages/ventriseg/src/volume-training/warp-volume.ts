/**
 * Cuts a box out of a coded image through a random map: rotation, size, smooth displacement and mirroring at once, so
 * that brightness is interpolated (linearly) and codes are sampled (nearest voxel) only once.
 */
import { determinant3, type Shape3 } from '@ventriseg/imaging';
import type { SeededRandom } from 'onnx-autograd';
import {
  betweenNodes,
  nodeCount,
  nodeSpacingMm,
  readNodeRow,
  smoothRandomField,
} from '../synthesis/node-field.ts';
import { codes, mirroredCode } from './tissue-codes.ts';
import type { VolumeAugmentation } from './volume-augmentation.ts';

/** A case in memory. */
export interface VolumeCase {
  readonly name: string;
  /** x-fastest, LIA. */
  readonly image: Uint8Array;
  readonly codes: Uint8Array;
  readonly shape: Shape3;
  /** Where boxes are cut: the middle of the ventricles, or of the head; voxels. */
  readonly middle: readonly [number, number, number];
  /** Side of a voxel, mm. */
  readonly voxelMm: number;
}

export interface CutVolume {
  /** Brightness, 0 to 255. */
  readonly image: Float32Array<ArrayBuffer>;
  readonly codes: Uint8Array;
  readonly shape: Shape3;
}

/** Distance of the control points of the smooth displacement, voxels of the box. */
const CONTROL_SPACING = 36;

/** @param shape of the box; no side longer than 256 */
export function warpVolume(
  source: VolumeCase,
  shape: Shape3,
  augmentation: VolumeAugmentation,
  random: SeededRandom,
): CutVolume {
  const { voxelMm } = source;
  const matrix = randomMatrix(augmentation, random);
  if (random.next() < augmentation.flip) for (const row of [0, 3, 6]) matrix[row]! *= -1;
  // A box that is mirrored reads codes of the other side.
  const mirrored = determinant3(matrix) < 0;
  const shift = augmentation.shiftMm / voxelMm;
  const middle = source.middle.map((at) => at + random.uniform(-shift, shift));
  const elastic = random.uniform(0, augmentation.elasticMm) / voxelMm;
  const fields =
    elastic > 0 ? [0, 1, 2].map(() => smoothRandomField(random, CONTROL_SPACING, elastic)) : undefined;
  return sample(source, shape, matrix, middle, fields, mirrored);
}

function sample(
  source: VolumeCase,
  shape: Shape3,
  matrix: readonly number[],
  middle: readonly number[],
  fields: readonly Float32Array[] | undefined,
  mirrored: boolean,
): CutVolume {
  const [sx, sy, sz] = source.shape;
  const [nx, ny, nz] = shape;
  const image = new Float32Array(nx * ny * nz);
  const coded = new Uint8Array(image.length);
  const table = mirrored ? mirroredCode : mirroredCode.map((_, code) => code);
  const rows = [0, 1, 2].map(() => new Float32Array(nodeCount)) as [Float32Array, Float32Array, Float32Array];
  const [m00, m01, m02, m10, m11, m12, m20, m21, m22] = matrix as number[] & { length: 9 };
  const plane = sx * sy;
  for (let k = 0, at = 0; k < nz; k++) {
    const w = k - (nz - 1) / 2;
    for (let j = 0; j < ny; j++) {
      const v = j - (ny - 1) / 2;
      fields?.forEach((field, axis) => {
        readNodeRow(field, j, k, rows[axis]!);
      });
      for (let i = 0; i < nx; i++, at++) {
        const u = i - (nx - 1) / 2;
        const n = Math.floor(i / nodeSpacingMm);
        const part = i / nodeSpacingMm - n;
        const x = m00! * u + m01! * v + m02! * w + middle[0]! + betweenNodes(rows[0], n, part);
        const y = m10! * u + m11! * v + m12! * w + middle[1]! + betweenNodes(rows[1], n, part);
        const z = m20! * u + m21! * v + m22! * w + middle[2]! + betweenNodes(rows[2], n, part);
        if (!(x >= 0 && y >= 0 && z >= 0 && x <= sx - 1 && y <= sy - 1 && z <= sz - 1)) continue;
        const x0 = Math.min(x | 0, sx - 2);
        const y0 = Math.min(y | 0, sy - 2);
        const z0 = Math.min(z | 0, sz - 2);
        const a = x - x0;
        const b = y - y0;
        const c = z - z0;
        const base = x0 + sx * y0 + plane * z0;
        const near = mix(source.image, base, sx, a, b);
        const far = mix(source.image, base + plane, sx, a, b);
        image[at] = near + c * (far - near);
        const nearest = base + (a >= 0.5 ? 1 : 0) + (b >= 0.5 ? sx : 0) + (c >= 0.5 ? plane : 0);
        coded[at] = table[source.codes[nearest]!]!;
      }
    }
  }
  return { image, codes: coded, shape };
}

/** Bilinear within one plane. */
function mix(data: Uint8Array, at: number, sx: number, a: number, b: number): number {
  const low = data[at]! + a * (data[at + 1]! - data[at]!);
  const high = data[at + sx]! + a * (data[at + sx + 1]! - data[at + sx]!);
  return low + b * (high - low);
}

/** From box to source: rotation times size, row-major 3x3. */
function randomMatrix({ rotationDeg, scale }: VolumeAugmentation, random: SeededRandom): number[] {
  const angle = () => (random.uniform(-rotationDeg, rotationDeg) * Math.PI) / 180;
  const [a, b, c] = [angle(), angle(), angle()];
  const common = (1 + scale) ** random.uniform(-1, 1);
  const sizes = [0, 1, 2].map(() => common * (1 + scale / 2) ** random.uniform(-1, 1));
  const [ca, sa, cb, sb, cc, sc] = [
    Math.cos(a),
    Math.sin(a),
    Math.cos(b),
    Math.sin(b),
    Math.cos(c),
    Math.sin(c),
  ];
  const rotation = [
    cb * cc,
    -cb * sc,
    sb,
    ca * sc + sa * sb * cc,
    ca * cc - sa * sb * sc,
    -sa * cb,
    sa * sc - ca * sb * cc,
    sa * cc + ca * sb * sc,
    ca * cb,
  ];
  return rotation.map((value, at) => value * sizes[at % 3]!);
}

/** Sets everything beyond a random plane across one axis to nothing: the scan ends there. */
export function cutFieldOfView({ image, codes: coded, shape }: CutVolume, random: SeededRandom): void {
  const axis = random.nextInt(3);
  const length = shape[axis]!;
  const at = Math.round(random.uniform(0.15, 0.4) * length);
  const fromEnd = random.next() < 0.5;
  const step = [1, shape[0], shape[0] * shape[1]][axis]!;
  for (let i = 0; i < image.length; i++) {
    const place = Math.floor(i / step) % length;
    if (fromEnd ? place < length - at : place >= at) continue;
    image[i] = 0;
    coded[i] = codes.outside;
  }
}
