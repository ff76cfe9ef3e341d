/**
 * What a person must know before using the numbers: every doubt about a result is a finding with a stable code,
 * so that an empty or implausible one is never silent.
 */
import { type Shape3, type Volume, voxelSizesMm } from '@ventriseg/imaging';
import type { VentricleVolumes } from './measure-labels.ts';
import type { MidSagittalPlane } from './mid-sagittal-plane.ts';
import type { RemovedIslands } from './remove-islands.ts';

export const qualityCodes = [
  'NO_HEAD_FOUND',
  'NO_VENTRICLES_FOUND',
  'PARTS_MISSING',
  'VENTRICLES_IMPLAUSIBLE',
  'TOUCHES_FIELD_OF_VIEW',
  'CUT_BY_MODEL',
  'LARGE_ISLANDS_REMOVED',
  'SIDES_UNCERTAIN',
  'COARSE_SCAN',
] as const;

export type QualityCode = (typeof qualityCodes)[number];

export interface QualityFinding {
  readonly code: QualityCode;
  /** error: the numbers cannot be used; warning: look at the picture first. */
  readonly severity: 'error' | 'warning';
  /** A full sentence for people. */
  readonly message: string;
}

/** Lateral ventricles outside this range, mL, are not credible: healthy adults have 7 to 60, severe cases 200. */
export const plausibleLateralMl = { least: 2, most: 300 };
/** Share of what was found that may be taken away as islands without a word. */
const quietIslandShare = 0.1;
/** Voxels longer than this, mm, are too coarse for small ventricles. */
const coarseMm = 3.5;

export interface QualityInputs {
  /** Why there is no head; undefined when there is one. */
  readonly noHead: string | undefined;
  readonly labels: Volume<Uint8Array>;
  readonly volumes: VentricleVolumes;
  readonly removed: RemovedIslands;
  readonly cutAt: readonly string[];
  readonly plane: MidSagittalPlane | undefined;
}

/** All findings about a result; empty when there is nothing to say. */
export function assessQuality(inputs: QualityInputs): QualityFinding[] {
  const findings: QualityFinding[] = [];
  const add = (code: QualityCode, severity: QualityFinding['severity'], message: string) =>
    findings.push({ code, severity, message });
  const { noHead, labels, volumes, removed, cutAt, plane } = inputs;
  const { lateral, total } = volumes;
  if (noHead !== undefined) {
    add('NO_HEAD_FOUND', 'error', `There is no head in the scan: ${noHead}.`);
  } else if (total.ml === 0) {
    add('NO_VENTRICLES_FOUND', 'error', 'No ventricle was found in the head; every volume is 0.');
  } else if (lateral !== null) {
    const { least, most } = plausibleLateralMl;
    if (lateral.ml < least || lateral.ml > most) {
      add(
        'VENTRICLES_IMPLAUSIBLE',
        'warning',
        `The lateral ventricles measure ${lateral.ml.toFixed(1)} mL; ${least} to ${most} mL is credible.`,
      );
    }
  }
  const missing = volumes.labels.filter(({ ml }) => ml === 0).map(({ title }) => title);
  if (total.ml > 0 && missing.length > 0) {
    add('PARTS_MISSING', 'warning', `The model knows these and found none of them: ${missing.join(', ')}.`);
  }
  const faces = touchedFaces(labels.data, labels.shape);
  if (faces > 0) {
    add(
      'TOUCHES_FIELD_OF_VIEW',
      'warning',
      `The ventricles reach ${faces === 1 ? 'a face' : `${faces} faces`} of the scan's field of view; a part of ` +
        'them may lie outside.',
    );
  }
  if (cutAt.length > 0) {
    add(
      'CUT_BY_MODEL',
      'warning',
      `The ventricles reach the end of what this model looks at (${cutAt.join(', ')}); what lies beyond is not ` +
        'counted.',
    );
  }
  if (removed.ml > quietIslandShare * (removed.ml + total.ml)) {
    add(
      'LARGE_ISLANDS_REMOVED',
      'warning',
      `${removed.parts} separate parts with ${removed.ml.toFixed(1)} mL were taken away as islands, beside ` +
        `${total.ml.toFixed(1)} mL that were kept.`,
    );
  }
  if (plane?.method === 'centre-of-mass') {
    add(
      'SIDES_UNCERTAIN',
      'warning',
      'The two halves of the head are not alike, so left and right were divided at its centre of mass.',
    );
  }
  const longest = Math.max(...voxelSizesMm(labels.voxelToWorld));
  if (longest > coarseMm) {
    add('COARSE_SCAN', 'warning', `The voxels are up to ${longest.toFixed(1)} mm long; volumes are rough.`);
  }
  return findings;
}

/** How many of the six outermost layers of voxels hold a label; layers of an axis of one voxel do not count. */
function touchedFaces(data: Uint8Array, [nx, ny, nz]: Shape3): number {
  const touched = [false, false, false, false, false, false];
  for (let z = 0, at = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++, at++) {
        if (data[at] === 0) continue;
        if (x === 0) touched[0] = true;
        if (x === nx - 1) touched[1] = true;
        if (y === 0) touched[2] = true;
        if (y === ny - 1) touched[3] = true;
        if (z === 0) touched[4] = true;
        if (z === nz - 1) touched[5] = true;
      }
    }
  }
  return touched.filter((is, face) => is && [nx, ny, nz][face >> 1]! > 1).length;
}
