/**
 * What a scanner does to the tissues' brightness: voxels and slices of a certain size, a bias field, noise.
 *
 * The picture is blurred to the size of the voxels and sampled there; the bias field multiplies it and the noise
 * of a magnitude image (Rice) is added where the scan is sampled, so that both are smoothed as in a real scan
 * when it is brought back to 1 mm (linearly, as conforming does).
 */
import type { SeededRandom } from 'onnx-autograd';
import { axisFilter, type Block, filterAxis } from './axis-filter.ts';
import { nodeCount, nodeSpacingMm, readNodeRow, smoothRandomField } from './node-field.ts';
import type { SynthesisOptions } from './options.ts';
import { ricianNoise } from './rician-noise.ts';

const size = 256;
const axes = [0, 1, 2] as const;
/** Below this a voxel size counts as 1 mm. */
const nearlyOneMm = 1.04;
/** Full width at half maximum of a Gaussian, in standard deviations. */
const fwhm = 2 * Math.sqrt(2 * Math.log(2));

/**
 * @param painted 256^3 voxels of 1 mm; white matter about 1.
 * @returns The same grid; all values 0 or more.
 */
export function acquire(
  painted: Float32Array<ArrayBuffer>,
  options: SynthesisOptions,
  random: SeededRandom,
): Float32Array<ArrayBuffer> {
  const voxelMm = drawVoxelSize(options, random);
  const partialVolumeMm = random.uniform(...options.partialVolumeMm);
  let block: Block = { data: painted, shape: [size, size, size] };
  // The axis that shrinks most comes first, which leaves less to do for the others.
  const order = [...axes].sort((a, b) => voxelMm[b]! - voxelMm[a]! || a - b);
  for (const axis of order) {
    // A voxel of 1 mm is blurred by the labels' own grid already.
    const profileMm = Math.sqrt(Math.max(0, voxelMm[axis]! ** 2 - 1)) / fwhm;
    const sigma = Math.hypot(partialVolumeMm, profileMm);
    block = filterAxis(block, axis, axisFilter(size, sampleCount(voxelMm[axis]!), sigma));
  }
  addBiasAndNoise(block, options, random);
  for (const axis of [...order].reverse()) {
    const samples = block.shape[axis];
    if (samples !== size) block = filterAxis(block, axis, axisFilter(samples, size, 0));
  }
  return block.data;
}

function sampleCount(voxelMm: number): number {
  return voxelMm < nearlyOneMm ? size : Math.round(size / voxelMm);
}

function drawVoxelSize(options: SynthesisOptions, random: SeededRandom): [number, number, number] {
  const kind = random.next();
  const sizes: [number, number, number] = [1, 1, 1];
  if (kind < options.thickSlices) sizes[random.nextInt(3)] = random.uniform(...options.sliceMm);
  else if (kind < options.thickSlices + options.coarseVoxels) {
    const voxelMm = random.uniform(...options.voxelMm);
    // Real voxels are rarely cubes.
    for (const axis of axes) sizes[axis] = Math.max(1, voxelMm * random.uniform(0.85, 1));
  }
  return sizes;
}

function addBiasAndNoise(block: Block, options: SynthesisOptions, random: SeededRandom): void {
  const field = smoothRandomField(random, random.uniform(60, 140), random.uniform(0, options.bias));
  for (let i = 0; i < field.length; i++) field[i] = Math.exp(field[i]!);
  const addNoise = ricianNoise(random, random.uniform(...options.noise));
  const { data, shape } = block;
  const [nx, ny, nz] = shape;
  const nodes = new Float32Array(nodeCount);
  const node = new Int32Array(nx);
  const part = new Float32Array(nx);
  for (let i = 0; i < nx; i++) {
    const position = Math.max(0, (((i + 0.5) * size) / nx - 0.5) / nodeSpacingMm);
    node[i] = Math.floor(position);
    part[i] = position - node[i]!;
  }
  const row = new Float64Array(nx);
  let at = 0;
  for (let k = 0; k < nz; k++) {
    const z = ((k + 0.5) * size) / nz - 0.5;
    for (let j = 0; j < ny; j++) {
      readNodeRow(field, ((j + 0.5) * size) / ny - 0.5, z, nodes);
      for (let i = 0; i < nx; i++) {
        const n = node[i]!;
        const bias = nodes[n]! + part[i]! * (nodes[n + 1]! - nodes[n]!);
        row[i] = data[at + i]! * bias;
      }
      addNoise(row);
      data.set(row, at);
      at += nx;
    }
  }
}
