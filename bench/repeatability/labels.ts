/**
 * `npm run bench:turned-labels`: how well measures repeat when no network is in between. The labels of real heads,
 * SynthSeg's label maps, are turned and put on other voxels of 1 mm, and measured again; and measured where they lie
 * in a standard pose that is tilted on purpose.
 */
import { parseArgs } from 'node:util';
import {
  type Affine,
  multiplyAffines,
  resample,
  rigidAbout,
  rigidToAffine,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import {
  type Intracranial,
  type MeasureId,
  measureDefinitions,
  measureVentricles,
  openScan,
  toCanonicalLabels,
  valueOfMeasure,
} from 'ventriseg/node';
import { aroundForeground } from '../../packages/ventriseg/src/measures/around-foreground.ts';
import { findHeadPose, type HeadPose } from '../../packages/ventriseg/src/measures/head-pose.ts';
import { nearParts } from '../../packages/ventriseg/src/measures/near-parts.ts';
import { poseMeasureIds, poseMeasures } from '../../packages/ventriseg/src/measures/pose-measures.ts';
import { ventriclePoints } from '../../packages/ventriseg/src/measures/ventricle-points.ts';
import { dataPath } from '../../test/data-folder.ts';
import { intracranialOf } from '../../test/tissue-maps.ts';
import { middleOf } from '../change-scan.ts';
import { runScript, wholeNumber } from '../command-line.ts';
import { markdownTable } from '../experiment-2017/markdown-table.ts';
import { mean } from '../labelled-scans.ts';

const help = `npm run bench:turned-labels -- [options]

Measures turned copies of the label maps of ../shared/data (VENTRISEG_DATA).

  --heads N   only the first N of 20
  --json      prints data instead of a table
  --help
`;

/** Rotation vectors in degrees about the axes right, front, up, and shifts in mm. */
const turns: readonly (readonly [degrees: Vec3, shiftMm: Vec3])[] = [
  [
    [-15, 8, 5],
    [0.3, 0.7, -0.4],
  ],
  [
    [10, 0, 0],
    [0.5, 0.5, 0.5],
  ],
  [
    [0, 15, 0],
    [0.2, -0.3, 0.6],
  ],
  [
    [0, 0, -20],
    [-0.7, 0.1, 0.4],
  ],
  [
    [12, -10, 10],
    [0.4, 0.4, -0.2],
  ],
];
/** Twice the standard error of the tilt. */
const tiltDegrees = [-5, 5];
/** Lateral ventricles from here on count as large, mL. */
const largeMl = 30;

type Values = Readonly<Partial<Record<MeasureId, number>>>;

interface HeadScores {
  readonly head: string;
  readonly lateralMl: number;
  readonly upright: Values;
  readonly turned: readonly Values[];
  readonly tilted: readonly Values[];
}

async function measureHead(head: string): Promise<HeadScores> {
  const path = `label-maps/${head}.nii.gz`;
  const { volume: tissues } = await openScan(dataPath(path));
  const labels = toCanonicalLabels(tissues, 'freesurfer', path);
  const intracranial = intracranialOf(tissues);
  return {
    head,
    lateralMl: labels.data.reduce((count, label) => count + Number(label === 4 || label === 43), 0) / 1000,
    upright: valuesOf(measureVentricles(labels, { intracranial }).measures),
    turned: turns.map(([degrees, shift]) => measureTurned(labels, intracranial, degrees, shift)),
    tilted: tiltDegrees.map((degrees) => measureTilted(labels, intracranial, degrees)),
  };
}

function measureTurned(
  labels: Volume<Uint8Array>,
  intracranial: Intracranial,
  degrees: Vec3,
  shift: Vec3,
): Values {
  const motion = motionAbout(middleOf(labels), degrees, shift);
  const move = <T extends Volume>(volume: T): T => ({
    ...volume,
    voxelToWorld: multiplyAffines(motion, volume.voxelToWorld),
  });
  const copy = resample(move(labels), labels, { method: 'nearest' });
  const moved = { ...intracranial, probability: move(intracranial.probability) };
  return valuesOf(measureVentricles(copy, { intracranial: moved }).measures);
}

/** The front of the standard pose raised by an angle about the anterior commissure. */
function measureTilted(labels: Volume<Uint8Array>, intracranial: Intracranial, degrees: number): Values {
  const part = nearParts(aroundForeground(labels));
  const found = findHeadPose(ventriclePoints(part));
  if (!('pose' in found)) return {};
  const tilt = motionAbout([0, 0, 0], [degrees, 0, 0], [0, 0, 0]);
  const back = motionAbout([0, 0, 0], [-degrees, 0, 0], [0, 0, 0]);
  const pose: HeadPose = {
    ...found.pose,
    poseToWorld: multiplyAffines(found.pose.poseToWorld, tilt),
    worldToPose: multiplyAffines(back, found.pose.worldToPose),
  };
  const outcomes = poseMeasures(part, labels, { pose }, intracranial);
  return Object.fromEntries(
    poseMeasureIds.flatMap((id) => (outcomes[id].value === null ? [] : [[id, outcomes[id].value]])),
  );
}

function motionAbout(centre: Vec3, degrees: Vec3, shift: Vec3): Affine {
  const turn = degrees.map((angle) => (angle * Math.PI) / 180) as unknown as Vec3;
  return rigidToAffine(rigidAbout(centre, turn, shift));
}

function valuesOf(found: ReturnType<typeof measureVentricles>['measures']): Values {
  return Object.fromEntries(poseMeasureIds.map((id) => [id, valueOfMeasure(found, id)]));
}

/** Differences of copies from the head itself where both have the measure. */
function differences(heads: readonly HeadScores[], copies: 'turned' | 'tilted', id: MeasureId): number[] {
  return heads.flatMap((head) =>
    head[copies].flatMap((copy) => {
      const [own, again] = [head.upright[id], copy[id]];
      return own === undefined || again === undefined ? [] : [again - own];
    }),
  );
}

function table(heads: readonly HeadScores[]): string {
  const large = heads.filter(({ lateralMl }) => lateralMl >= largeMl);
  const small = heads.filter(({ lateralMl }) => lateralMl < largeMl);
  const row = (title: string, id: MeasureId, own: readonly HeadScores[]) => {
    const digits = measureDefinitions[id].digits;
    const cells = (['turned', 'tilted'] as const).flatMap((copies) => {
      const found = differences(own, copies, id);
      if (found.length === 0) return ['-', '-', '0'];
      const rms = Math.sqrt(mean(found.map((d) => d ** 2)));
      const most = Math.max(...found.map(Math.abs));
      return [rms.toFixed(digits), most.toFixed(digits), `${found.length}`];
    });
    return [title, ...cells];
  };
  const rows = poseMeasureIds.flatMap((id) => {
    const { title, unit } = measureDefinitions[id];
    const all = row(unit === 'ratio' ? title : `${title}, ${unit}`, id, heads);
    if (id !== 'callosalAngleDegrees') return [all];
    return [
      all,
      row(`the same, lateral ventricles of ${largeMl} mL and more`, id, large),
      row('the same, smaller ones', id, small),
    ];
  });
  const columns = ['rms', 'at most', 'copies'];
  return markdownTable(
    ['measure', ...['turned', 'tilted'].flatMap((copies) => columns.map((name) => `${copies}: ${name}`))],
    rows,
  );
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      heads: { type: 'string', default: '20' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const count = Math.min(wholeNumber('--heads', values.heads, 1), 20);
  const heads: HeadScores[] = [];
  for (let n = 1; n <= count; n++) {
    heads.push(await measureHead(`map_${String(n).padStart(2, '0')}`));
    process.stderr.write(`${heads.at(-1)!.head}\n`);
  }
  process.stdout.write(values.json ? `${JSON.stringify(heads)}\n` : `${table(heads)}\n`);
}

await runScript('bench:turned-labels', main);
