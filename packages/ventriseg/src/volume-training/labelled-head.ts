/**
 * A head with its tissue codes at 1 mm, whether the image was read or synthesised from the labels, and what each
 * network is trained on of it: the ventricles and their surroundings at 1 mm, or the whole head at 2 mm.
 */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import {
  type Affine,
  foregroundBox,
  type Grid,
  readScan,
  resample,
  type Shape3,
  sameGrid,
  type Volume,
  voxelCount,
  voxelVolumeMl,
} from '@ventriseg/imaging';
import { SeededRandom } from 'onnx-autograd';
import { seedFor } from '../dataset/labelled-scan.ts';
import type { SynthesiseRequest } from '../dataset/manifest.ts';
import type { SubjectSource } from '../dataset/sources.ts';
import { VentrisegError } from '../errors.ts';
import { distinctLabels, type LabelScheme, resolveLabelScheme } from '../labels/index.ts';
import { type Contrast, drawContrastName, synthesiseImage } from '../synthesis/index.ts';
import { cutBox, gridOfBox, toWorkingGrid, type WorkingBox } from '../volumes/index.ts';
import { quantile } from '../volumes/quantile.ts';
import { codeCount, codesOfLabels, isVentricle } from './tissue-codes.ts';

/** Image and codes on one grid. */
export interface CodedImage {
  readonly image: Volume<Uint8Array>;
  readonly codes: Volume<Uint8Array>;
}

export interface LabelledHead extends CodedImage {
  readonly record: {
    readonly image: { readonly path: string; readonly sha256: string } | null;
    readonly labels: { readonly path: string; readonly sha256: string };
    readonly scheme: LabelScheme;
    /** How the image was made; null for one that was read. */
    readonly synthesis: { readonly seed: number; readonly contrast: Contrast } | null;
  };
}

/** Share of the voxels that may be brighter than 255 after scaling. */
const BRIGHT_SHARE = 0.001;
/** Distance kept around the ventricles, voxels of 1 mm: room for turning and shifting what is cut from it. */
const MARGIN = 44;

/** @throws VentrisegError GRID_MISMATCH, BAD_LABELS or SCHEME_*; ImagingError when a file is broken */
export async function readLabelledHead(source: SubjectSource): Promise<LabelledHead> {
  const image = await readHashed(source.imagePath!);
  const labels = await readHashed(source.labelsPath);
  if (!sameGrid(image.volume, labels.volume, 0.1)) {
    throw new VentrisegError(
      'GRID_MISMATCH',
      `${source.labelsPath}: the labels do not lie on the grid of ${source.imagePath}; resample them onto it first`,
      { path: source.labelsPath },
    );
  }
  const { scheme } = resolveLabelScheme(distinctLabels(labels.volume), source.scheme, source.labelsPath);
  const working = toWorkingGrid(image.volume).volume;
  const coded = codesOfLabels(labels.volume, scheme, false, source.labelsPath);
  return {
    image: toBytes(working),
    codes: codesOnGrid(coded, working),
    record: {
      image: { path: source.imagePath!, sha256: image.sha256 },
      labels: { path: source.labelsPath, sha256: labels.sha256 },
      scheme,
      synthesis: null,
    },
  };
}

/**
 * The random numbers depend on the seed and the subject's name alone, so that an image stays the same whoever else
 * is in the dataset.
 *
 * @throws VentrisegError BAD_LABELS when a label's tissue is not known
 */
export async function synthesiseLabelledHead(
  source: SubjectSource,
  seed: number,
  { options, contrasts, seedOffset }: SynthesiseRequest,
): Promise<LabelledHead> {
  const labels = await readHashed(source.labelsPath);
  const own = seedFor(seed + seedOffset, source.subject);
  const random = new SeededRandom(own);
  const contrast = drawContrastName(contrasts, random);
  const made = synthesiseImage(labels.volume, { ...options, contrast }, random);
  return {
    image: made.image,
    codes: codesOfLabels(made.labels, 'freesurfer', true, source.labelsPath),
    record: {
      image: null,
      labels: { path: source.labelsPath, sha256: labels.sha256 },
      scheme: 'freesurfer',
      synthesis: { seed: own, contrast },
    },
  };
}

/** The ventricles with their surroundings. @throws VentrisegError BAD_LABELS when no ventricle is labelled */
export function aroundVentricles({ image, codes: coded }: CodedImage, path: string): CodedImage {
  const ventricles = coded.data.map((code) => Number(isVentricle(code)));
  const found = foregroundBox({ data: ventricles, shape: coded.shape });
  if (found === undefined) {
    throw new VentrisegError('BAD_LABELS', `${path}: no voxel is labelled as a ventricle`, { path });
  }
  const start = found.start.map((at) => Math.max(0, at - MARGIN)) as unknown as Shape3;
  const shape = found.start.map((at, axis) => {
    const end = Math.min(coded.shape[axis]!, at + found.size[axis]! + MARGIN);
    return end - start[axis]!;
  }) as unknown as Shape3;
  return { image: cut(image, { start, shape }), codes: cut(coded, { start, shape }) };
}

/** The whole head at half the resolution: mean brightness, and the code that a block stands for. */
export function halved({ image, codes: coded }: CodedImage): CodedImage {
  const [nx, ny] = image.shape;
  const shape = image.shape.map((n) => n >> 1) as unknown as Shape3;
  const grid = { shape, voxelToWorld: doubled(image.voxelToWorld) };
  const brightness = new Uint8Array(voxelCount(shape));
  const blockCodes = new Uint8Array(brightness.length);
  const eight = new Int32Array(8);
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      for (let x = 0; x < shape[0]; x++) {
        const first = 2 * x + nx * (2 * y + ny * 2 * z);
        let sum = 0;
        for (let corner = 0; corner < 8; corner++) {
          const from = first + (corner & 1) + nx * ((corner >> 1) & 1) + nx * ny * (corner >> 2);
          sum += image.data[from]!;
          eight[corner] = coded.data[from]!;
        }
        const to = x + shape[0] * (y + shape[1] * z);
        brightness[to] = Math.round(sum / 8);
        blockCodes[to] = codeOfBlock(eight);
      }
    }
  }
  return { image: { ...grid, data: brightness }, codes: { ...grid, data: blockCodes } };
}

/** Least share of a block's voxels that makes it a ventricle: thin ones would be lost to a majority. */
const VENTRICLE_SHARE = 0.25;

/** The most frequent code; that of a ventricle where ventricles have a quarter of the block. */
export function codeOfBlock(block: ArrayLike<number>): number {
  const counts = new Int32Array(codeCount);
  let ventricular = 0;
  for (let i = 0; i < block.length; i++) {
    counts[block[i]!]!++;
    if (isVentricle(block[i]!)) ventricular++;
  }
  const wanted = ventricular >= VENTRICLE_SHARE * block.length;
  let best = -1;
  for (let code = 0; code < codeCount; code++) {
    if (isVentricle(code) === wanted && (best < 0 || counts[code]! > counts[best]!)) best = code;
  }
  return best;
}

/** Voxels of twice the size; the first has its centre between the first two along each axis. */
function doubled(m: Affine): Affine {
  return m.map((value, at) => {
    if (at >= 12) return value;
    return at % 4 === 3 ? value + (m[at - 3]! + m[at - 2]! + m[at - 1]!) / 2 : value * 2;
  });
}

function cut(volume: Volume<Uint8Array>, box: WorkingBox): Volume<Uint8Array> {
  return { ...gridOfBox(volume, box), data: Uint8Array.from(cutBox(volume, box, 0)) };
}

/**
 * Codes on a finer or coarser grid: each is interpolated on its own and the largest share wins, so that borders
 * follow no voxel edges of the original. Ventricles, thin and round, would lose by that (IXI's at 2 mm 3.5 % of their
 * volume): they get the voxels where they have most, as many as fill their volume.
 */
function codesOnGrid(coded: Volume<Uint8Array>, grid: Grid): Volume<Uint8Array> {
  const { shape, voxelToWorld } = grid;
  if (sameGrid(coded, grid, 1e-3)) return coded;
  const others = { share: new Float32Array(voxelCount(shape)), code: new Uint8Array(voxelCount(shape)) };
  const ventricles = { share: others.share.slice(), code: others.code.slice() };
  const ventricular = others.share.slice();
  for (let code = 0; code < codeCount; code++) {
    const mask = Float32Array.from(coded.data, (value) => Number(value === code));
    const share = resample({ ...coded, data: mask }, grid, { method: 'linear' }).data;
    const best = isVentricle(code) ? ventricles : others;
    for (let i = 0; i < share.length; i++) {
      if (isVentricle(code)) ventricular[i]! += share[i]!;
      if (share[i]! > best.share[i]!) {
        best.share[i] = share[i]!;
        best.code[i] = code;
      }
    }
  }
  const ml = coded.data.filter(isVentricle).length * voxelVolumeMl(coded);
  const chosen = greatest(ventricular, shape, Math.round(ml / voxelVolumeMl(grid)));
  const data = others.code.map((code, i) => (chosen[i] === 1 ? ventricles.code[i]! : code));
  return { data, shape, voxelToWorld };
}

/**
 * 1 for so many of the greatest shares, none of them 0. Of equal ones, which linear interpolation makes many of, those whose
 * neighbours have most.
 */
function greatest(shares: Float32Array, [nx, ny, nz]: Shape3, count: number): Uint8Array {
  const chosen = new Uint8Array(shares.length);
  if (count === 0) return chosen;
  const level = quantile(shares.slice(), 1 - (count - 1) / (shares.length - 1));
  const equal: { readonly at: number; readonly around: number }[] = [];
  let above = 0;
  for (let at = 0; at < shares.length; at++) {
    if (shares[at]! > level) {
      chosen[at] = 1;
      above++;
    } else if (level > 0 && shares[at] === level) equal.push({ at, around: sumAround(at) });
  }
  equal.sort((a, b) => b.around - a.around || a.at - b.at);
  for (const { at } of equal.slice(0, count - above)) chosen[at] = 1;
  return chosen;

  function sumAround(at: number): number {
    const [x, y, z] = [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
    let sum = 0;
    for (let k = Math.max(z - 1, 0); k <= Math.min(z + 1, nz - 1); k++) {
      for (let j = Math.max(y - 1, 0); j <= Math.min(y + 1, ny - 1); j++) {
        for (let i = Math.max(x - 1, 0); i <= Math.min(x + 1, nx - 1); i++) {
          sum += shares[i + nx * (j + ny * k)]!;
        }
      }
    }
    return sum;
  }
}

/** 0 to 255, the least value 0. */
function toBytes({ data, shape, voxelToWorld }: Volume): Volume<Uint8Array> {
  const values = Float32Array.from(data);
  const bright = quantile(values, 1 - BRIGHT_SHARE);
  const least = quantile(values, 0);
  const factor = bright > least ? 255 / (bright - least) : 0;
  const bytes = new Uint8Array(data.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.min(255, Math.round((data[i]! - least) * factor));
  return { data: bytes, shape, voxelToWorld };
}

async function readHashed(path: string): Promise<{ volume: Volume; sha256: string }> {
  const bytes = await readFile(path);
  const { volume } = await readScan(bytes, { path });
  return { volume, sha256: createHash('sha256').update(bytes).digest('hex') };
}
