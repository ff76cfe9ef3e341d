/** Training volumes as a picture: what a person looks at to see whether they are what they should be. */
import type { Shape3 } from '@ventriseg/imaging';
import type { Batch } from 'onnx-autograd';
import { contactSheet, greyWithMaskRgb, type Picture, upscale } from '../pictures/index.ts';
import { locateClasses, segmentClasses, type VolumeRole } from '../volumes/index.ts';
import { readingOfRole } from './tissue-codes.ts';

/** One row a volume: sagittal, coronal and axial through the middle, as it is and with its labels. */
export function drawVolumeSheet({ images, targets, size }: Batch, shape: Shape3, role: VolumeRole): Picture {
  const { allowed } = readingOfRole[role];
  const labels = allowed.length;
  const numbers = allowed.map(
    ([first]) => (role === 'segment' ? segmentClasses : locateClasses)[first!]!.label,
  );
  const voxels = shape[0] * shape[1] * shape[2];
  const tiles = Array.from({ length: size }, (_, n) => {
    const image = scaled(images.subarray(n * voxels, (n + 1) * voxels));
    const mask = new Uint8Array(voxels);
    for (let label = 1; label < labels; label++) {
      const from = (n * labels + label) * voxels;
      for (let i = 0; i < voxels; i++) if (targets[from + i] === 1) mask[i] = numbers[label]!;
    }
    return middleSlices(shape).flatMap(({ width, height, at }) => {
      const slice = (data: Uint8Array) => Uint8Array.from({ length: width * height }, (_, i) => data[at(i)]!);
      return [new Uint8Array(voxels), mask].map((shown) =>
        upscale(greyWithMaskRgb(slice(image), slice(shown), width, height, {}), 2),
      );
    });
  });
  return contactSheet(tiles.flat(), { columns: 6 });
}

/** The three planes through the middle of an LIA volume, the front to the left, up upwards. */
function middleSlices([nx, ny, nz]: Shape3) {
  const [x, y, z] = [nx >> 1, ny >> 1, nz >> 1];
  return [
    { width: nz, height: ny, at: (i: number) => x + nx * (Math.floor(i / nz) + ny * (nz - 1 - (i % nz))) },
    { width: nx, height: ny, at: (i: number) => (i % nx) + nx * (Math.floor(i / nx) + ny * z) },
    { width: nx, height: nz, at: (i: number) => (i % nx) + nx * (y + ny * (nz - 1 - Math.floor(i / nx))) },
  ];
}

function scaled(image: Float32Array): Uint8Array {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of image) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return Uint8Array.from(image, (value) => (255 * (value - least)) / (most - least || 1));
}
