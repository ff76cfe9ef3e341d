/** Which rules of the table in quality.ts a result breaks. */
import { type Shape3, type Vec3, type Volume, voxelSizesMm } from '@ventriseg/imaging';
import { ventricles } from '../labels/index.ts';
import { isOneMm } from '../volumes/index.ts';
import type { VentricleVolumes } from './measure-labels.ts';
import type { MidSagittalPlane } from './mid-sagittal-plane.ts';
import { type QualityCode, type QualityFinding, qualityLimits, qualityRules } from './quality.ts';
import type { RemovedIslands } from './remove-islands.ts';
import type { UnsurePart } from './unsure-parts.ts';

/** What the pair of volume networks tells besides labels. */
export interface LocateEvidence {
  /** The space inside the skull, mL. */
  readonly intracranialMl: number;
  /** Ends of the field of view that the space inside the skull reaches, in words. */
  readonly headCutAt: readonly string[];
  /** Share of what lies around it that is no air. */
  readonly brightAround: number;
  /** Ventricles that the coarse network found, mL. */
  readonly locatedMl: number;
  /** Share of the labelled voxels that lie outside of the space inside the skull. */
  readonly outsideShare: number;
  /** Mean probability of the chosen label over all labelled voxels; undefined without any. */
  readonly confidence: number | undefined;
}

export interface QualityInputs {
  /** Why there is no head; undefined when there is one. */
  readonly noHead: string | undefined;
  readonly labels: Volume<Uint8Array>;
  readonly volumes: VentricleVolumes;
  readonly removed: RemovedIslands;
  readonly unsure: readonly UnsurePart[];
  /** Sides on which the ventricles go on where the network did not look. */
  readonly cutAt: readonly string[];
  readonly plane: MidSagittalPlane | undefined;
  /** Whether refusals were overridden: what would forbid the use of the numbers only warns then. */
  readonly forced: boolean;
  /** Only of volume networks. */
  readonly evidence?: LocateEvidence | undefined;
}

/** All findings about a result, errors first; empty when there is nothing to say. */
export function assessQuality(inputs: QualityInputs): QualityFinding[] {
  const { noHead, labels, volumes, evidence, forced } = inputs;
  const findings: QualityFinding[] = [];
  const add = (code: QualityCode, message: string) => {
    const overridden = forced && code !== 'NO_VENTRICLES_FOUND';
    findings.push({ code, severity: overridden ? 'warning' : qualityRules[code].severity, message });
  };
  const { total } = volumes;
  if (noHead !== undefined) add('NO_HEAD_FOUND', `There is no head in the scan: ${noHead}.`);
  else if (total.ml === 0) {
    add('NO_VENTRICLES_FOUND', 'No ventricle was found in the head; every volume is 0.');
  }
  const voxelMm = voxelSizesMm(labels.voxelToWorld);
  if (evidence !== undefined && total.ml > 0) judgeNetworks(evidence, total.ml, voxelMm, add);
  if (total.ml > 0) judgeVolumes(volumes, evidence, add);
  judgeFields(inputs, add);
  const longest = Math.max(...voxelMm);
  if (longest > qualityLimits.voxelMm) {
    add('COARSE_SCAN', `The voxels are up to ${longest.toFixed(1)} mm long; volumes are rough.`);
  }
  return findings.sort((a, b) => Number(b.severity === 'error') - Number(a.severity === 'error'));
}

type Add = (code: QualityCode, message: string) => void;

function judgeNetworks(evidence: LocateEvidence, totalMl: number, voxelMm: Vec3, add: Add): void {
  const { locatedMl, outsideShare, confidence } = evidence;
  const limits = qualityLimits;
  const disagree =
    locatedMl > 0 &&
    (locatedMl < limits.disagreement.least * totalMl || locatedMl > limits.disagreement.most * totalMl);
  const { doubtful, doubtfulAtOneMm, unusable } = limits.confidence;
  if (confidence !== undefined && confidence < (voxelMm.every(isOneMm) ? doubtfulAtOneMm : doubtful)) {
    const usable = confidence >= (disagree ? doubtful : unusable);
    add(
      usable ? 'LOW_CONFIDENCE' : 'UNFAMILIAR_IMAGE',
      `The labels have a mean probability of ${confidence.toFixed(2)}` +
        (usable
          ? '; on images of the kind it knows the network gives more.'
          : disagree
            ? ', and the networks disagree: they are guessing.'
            : ': the network is guessing.'),
    );
  }
  if (locatedMl === 0) {
    add(
      'VENTRICLES_NOT_LOCATED',
      'The coarse network saw no ventricle; the fine one was run on the middle of the brain.',
    );
  } else if (disagree) {
    add(
      'NETWORKS_DISAGREE',
      `The coarse network found ${locatedMl.toFixed(1)} mL of ventricles, the fine one ${totalMl.toFixed(1)} mL.`,
    );
  }
  if (outsideShare > limits.outsideShare.doubtful) {
    add(
      outsideShare > limits.outsideShare.unusable ? 'MUCH_OUTSIDE_BRAIN' : 'OUTSIDE_BRAIN',
      `${(100 * outsideShare).toFixed(0)} % of what is labelled lies outside of the space inside the skull.`,
    );
  }
}

function judgeVolumes(volumes: VentricleVolumes, evidence: LocateEvidence | undefined, add: Add): void {
  const { lateral, total, labels } = volumes;
  const { lateralMl, sharePercent, asymmetry } = qualityLimits;
  const implausible: string[] = [];
  if (lateral !== null && (lateral.ml < lateralMl.least || lateral.ml > lateralMl.most)) {
    implausible.push(
      `The lateral ventricles measure ${lateral.ml.toFixed(1)} mL; ${lateralMl.least} to ${lateralMl.most} mL is ` +
        'credible.',
    );
  }
  if (evidence !== undefined && evidence.headCutAt.length === 0) {
    const percent = (100 * total.ml) / evidence.intracranialMl;
    if (percent < sharePercent.least || percent > sharePercent.most) {
      implausible.push(
        `The ventricles fill ${percent.toFixed(2)} % of the ${evidence.intracranialMl.toFixed(0)} mL inside the ` +
          `skull; ${sharePercent.least} to ${sharePercent.most} % is credible.`,
      );
    }
  }
  if (implausible.length > 0) add('VENTRICLES_IMPLAUSIBLE', implausible.join(' '));
  const missing = labels.filter(({ ml }) => ml === 0).map(({ title }) => title);
  if (missing.length > 0) {
    add('PARTS_MISSING', `The model knows these and found none of them: ${missing.join(', ')}.`);
  }
  const side = (numbers: readonly number[]) =>
    labels.reduce((sum, { label, ml }) => sum + (numbers.includes(label) ? ml : 0), 0);
  const [left, right] = [side([4, 5]), side([43, 44])];
  // A side without a voxel is missing, which has been said.
  if (left > 0 && right > 0 && Math.abs(left - right) > asymmetry * (left + right)) {
    add(
      'ASYMMETRIC_VENTRICLES',
      `The lateral ventricle measures ${left.toFixed(1)} mL on the left and ${right.toFixed(1)} mL on the right.`,
    );
  }
}

function judgeFields(inputs: QualityInputs, add: Add): void {
  const { noHead, labels, volumes, removed, unsure, cutAt, plane, evidence } = inputs;
  const faces = touchedFaces(labels.data, labels.shape);
  if (faces > 0) {
    add(
      'TOUCHES_FIELD_OF_VIEW',
      `The ventricles reach ${faces === 1 ? 'a face' : `${faces} faces`} of the scan's field of view; a part of ` +
        'them may lie outside.',
    );
  }
  if (cutAt.length > 0) {
    add(
      'CUT_BY_MODEL',
      `The ventricles reach the end of what this model looks at (${cutAt.join(', ')}); what lies beyond is not ` +
        'counted.',
    );
  }
  if (evidence !== undefined && evidence.headCutAt.length > 0) {
    add(
      'HEAD_CUT',
      `The space inside the skull reaches the end of the field of view (${evidence.headCutAt.join(', ')}); its ` +
        'volume is a lower bound.',
    );
  }
  const stripped = evidence !== undefined && evidence.brightAround < qualityLimits.brightAround;
  if (stripped && noHead === undefined) {
    add(
      'SKULL_STRIPPED',
      'There is no skull around the brain: the space inside it is taken to end where the image does.',
    );
  }
  if (removed.ml > qualityLimits.islandShare * (removed.ml + volumes.total.ml)) {
    add(
      'LARGE_ISLANDS_REMOVED',
      `${removed.parts} separate parts with ${removed.ml.toFixed(1)} mL were taken away as islands, beside ` +
        `${volumes.total.ml.toFixed(1)} mL that were kept.`,
    );
  }
  if (unsure.length > 0) {
    const parts = unsure.map(({ labels: numbers, ml, confidence }) => {
      const titles = ventricles.filter(({ number }) => numbers.includes(number)).map(({ title }) => title);
      return `${ml.toFixed(1)} mL of the ${titles.join(' or ')} (mean probability ${confidence.toFixed(2)})`;
    });
    add('UNSURE_PARTS', `These lie apart, and the network is not sure of them: ${parts.join(', ')}.`);
  }
  if (plane?.method === 'centre-of-mass') {
    add(
      'SIDES_UNCERTAIN',
      'The two halves of the head are not alike, so left and right were divided at its centre of mass.',
    );
  }
}

/** How many of the six outermost layers of voxels hold a label; layers of an axis of one voxel do not count. */
function touchedFaces(data: Uint8Array, [nx, ny, nz]: Shape3): number {
  const any = (axis: 0 | 1 | 2, at: number) => {
    const [i, j, k] = [
      axis === 0 ? [at, at + 1] : [0, nx],
      axis === 1 ? [at, at + 1] : [0, ny],
      axis === 2 ? [at, at + 1] : [0, nz],
    ] as const;
    for (let z = k[0]!; z < k[1]!; z++) {
      for (let y = j[0]!; y < j[1]!; y++) {
        for (let x = i[0]!; x < i[1]!; x++) if (data[x + nx * (y + ny * z)] !== 0) return true;
      }
    }
    return false;
  };
  const faces = ([nx, ny, nz] as const).map((n, axis) =>
    n === 1 ? 0 : Number(any(axis as 0 | 1 | 2, 0)) + Number(any(axis as 0 | 1 | 2, n - 1)),
  );
  return faces[0]! + faces[1]! + faces[2]!;
}
