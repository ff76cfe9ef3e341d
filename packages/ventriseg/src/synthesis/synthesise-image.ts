/**
 * Training images out of label maps, in the manner of SynthSeg (Billot et al., "SynthSeg: Segmentation of brain
 * MRI scans of any contrast and resolution without retraining", Medical Image Analysis 2023): the map is moved
 * and bent, each tissue gets a random brightness, and the result goes through a model of the scanner. A network
 * that has seen enough of these reads scanners and anatomies that no collection of scans would hold.
 *
 * Other than in the paper, brightness may keep to the order of T1-weighted scans, ventricles are widened and
 * narrowed on purpose, and noise is Rice's, added at the scan's own resolution.
 */
import {
  type Affine,
  conformGrid,
  resample,
  robustIntensityScale,
  sameGrid,
  type Volume,
} from '@ventriseg/imaging';
import type { SeededRandom } from 'onnx-autograd';
import { acquire } from './acquisition.ts';
import { drawContrast } from './contrast.ts';
import { deformSlots } from './deformation.ts';
import { cutAway } from './masking.ts';
import { resolveSynthesisOptions, type SynthesisInput, type SynthesisOptions } from './options.ts';
import { paint } from './paint.ts';
import { labelSlots, slotLabels } from './tissues.ts';

const size = 256;

/** An image made from a label map, and the labels that belong to it. */
export interface SynthesisedImage {
  /** 256^3 voxels of 1 mm, LIA, 0 to 255. */
  readonly image: Volume<Uint8Array>;
  /**
   * The deformed labels on the same grid, with FreeSurfer's numbers; tissue outside the brain (numbers from 256)
   * is 0, cortical and white matter parcels are 3, 42, 2 and 41.
   */
  readonly labels: Volume<Uint8Array>;
}

/**
 * @param labels A map with FreeSurfer's label numbers, with or without the tissues around the brain. Brought to
 * 256^3 voxels of 1 mm, LIA, first if it is on another grid.
 * @param random Everything is drawn from it: the same state gives the same bytes.
 * @throws VentrisegError BAD_LABELS when a label's tissue is not known; BAD_ARGUMENT for options out of range.
 *
 * @example
 * const { image, labels } = synthesiseImage(map, { contrast: 'any' }, new SeededRandom(1));
 */
export function synthesiseImage(
  labels: Volume,
  options: SynthesisInput,
  random: SeededRandom,
): SynthesisedImage {
  const resolved = resolveSynthesisOptions(options);
  const grid = conformGrid(labels, { sizeVoxels: size });
  const map = sameGrid(labels, grid) ? labels : resample(labels, grid, { method: 'nearest' });
  const slots = deformSlots(labelSlots(map), resolved, random);
  const painted = paint(slots, drawContrast(resolved.contrast, random), random);
  const scan = acquire(painted, resolved, random);
  cutAway(scan, slots, resolved, random);
  return {
    image: inGrid(toBytes(scan, resolved, random), grid.voxelToWorld),
    labels: inGrid(toLabels(slots), grid.voxelToWorld),
  };
}

function inGrid(data: Uint8Array, voxelToWorld: Affine): Volume<Uint8Array> {
  return { data, shape: [size, size, size], voxelToWorld };
}

/** Robust scaling to 0..255 as for real scans, with gamma. */
function toBytes(scan: Float32Array, options: SynthesisOptions, random: SeededRandom): Uint8Array {
  const gamma = Math.exp(random.uniform(-options.gamma, options.gamma));
  const floor = random.next() < options.cleanBackground ? random.uniform(0.02, 0.08) : 0;
  const top = random.next() < options.headroom ? random.uniform(110, 255) : 255;
  const { srcMin, scale } = robustIntensityScale(scan);
  const steps = 4096;
  const table = Uint8Array.from({ length: steps + 1 }, (_, step) => {
    const value = step / steps;
    return value < floor ? 0 : Math.round(top * value ** gamma);
  });
  const factor = (scale / 255) * steps;
  const bytes = new Uint8Array(scan.length);
  for (let i = 0; i < scan.length; i++) {
    const step = (scan[i]! - srcMin) * factor + 0.5;
    bytes[i] = table[step < steps ? step | 0 : steps]!;
  }
  return bytes;
}

function toLabels(slots: Uint8Array): Uint8Array {
  const table = Uint8Array.from(slotLabels, (label) => (label < 256 ? label : 0));
  const labels = new Uint8Array(slots.length);
  for (let i = 0; i < slots.length; i++) labels[i] = table[slots[i]!]!;
  return labels;
}
