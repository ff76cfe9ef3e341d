/**
 * `npm run bench:accuracy`: the shipped model, or another, on every labelled scan of the data folder: Dice, Jaccard,
 * HD95 and volume error of each structure, mean and worst case, apart for people the model was trained on, and the
 * pictures of the worst cases.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import {
  evaluateLabels,
  isPair,
  openModel,
  type ResultRecord,
  type SegmentModel,
  segmentFile,
} from 'ventriseg/node';
import { dataPath } from '../../test/data-folder.ts';
import { runScript, tell, UsageError } from '../command-line.ts';
import { heldOutPeople, type LabelledScan, labelledScans } from '../labelled-scans.ts';
import { drawWorst } from './mistakes.ts';
import {
  diceOfAll,
  nameOf,
  type ScanScores,
  type ScoredScan,
  scanTable,
  scoresOf,
  summaryTable,
} from './scores.ts';
import { writeSyntheticHeads } from './synthetic-heads.ts';

const help = `npm run bench:accuracy -- [options]

Segments every labelled scan of ../shared/data (VENTRISEG_DATA) and compares with its labels.

  --model NAME|FILE   instead of the shipped model
  --dataset NAME      only these rows of cases.tsv; may be repeated
  --synthetic         instead: whole heads made from the label maps that the shipped model was not trained on, T1-like,
                      with widened ventricles, at 2 mm, of any contrast, T2-like and FLAIR-like
  --held-out LIST     people of the permissive sets that the model was not trained on, comma-separated
                      (default: those of the shipped models' cards)
  --crf               with the dense CRF
  --flip              with the mirror image as well
  --choroid-plexus W  ventricle (default), left-out, or protocol: as each set's labels have it (FreeSurfer: left out);
                      labels of made heads count it alike
  --keep FOLDER       keep labels, records and pictures there
  --pictures FOLDER   pictures of the five worst people that the model has not seen: what is too much, and missed
  --json              prints data instead of tables
  --help
`;
const worstShown = 5;

interface Choices {
  readonly output: string;
  readonly trainedOn: (scan: ScoredScan) => boolean;
  readonly crf: boolean;
  readonly flip: boolean;
}

async function scoreScan(scan: ScoredScan, model: SegmentModel, choices: Choices): Promise<ScanScores> {
  const { output, crf, flip } = choices;
  const result = await segmentFile(scan.imagePath, {
    ...{ output, name: nameOf(scan), model, crf, flip },
    overwrite: true,
  });
  const { structures } = await evaluateLabels(scan.labelsPath, result.labelsPath, {
    truthScheme: scan.scheme,
    predictionScheme: 'freesurfer',
  });
  return {
    ...scan,
    trainedOn: choices.trainedOn(scan),
    structures: scoresOf(structures),
    intracranialErrorPercent: skullError(result.record, scan.intracranialMl),
    seconds: result.record.timingsMs.total! / 1000,
    quality: result.record.quality.map(({ code }) => code),
    resultPath: result.labelsPath,
  };
}

function skullError({ measures }: ResultRecord, truth: number | undefined): number | null {
  const found = measures.find(({ id }) => id === 'intracranialVolumeMl')?.value ?? null;
  return found === null || truth === undefined ? null : (100 * (found - truth)) / truth;
}

/** Those of the people not trained on that have the lowest Dice of all ventricles. */
function worstOf(scores: readonly ScanScores[]): ScanScores[] {
  return scores
    .filter(({ trainedOn }) => !trainedOn)
    .sort((a, b) => diceOfAll(a) - diceOfAll(b))
    .slice(0, worstShown);
}

function print(scores: readonly ScanScores[]): void {
  for (const [title, trainedOn] of [
    ['People the model has not seen', false],
    ['People it was trained on (no measure of quality)', true],
  ] as const) {
    const part = scores.filter((scan) => scan.trainedOn === trainedOn);
    const datasets = [...new Set(part.map(({ dataset }) => dataset))];
    for (const dataset of datasets) {
      const own = part.filter((scan) => scan.dataset === dataset);
      process.stdout.write(`\n## ${title}: ${dataset}\n\n${summaryTable(own)}\n\n${scanTable(own)}\n`);
    }
    if (datasets.length > 1) process.stdout.write(`\n## ${title}: all sets\n\n${summaryTable(part)}\n`);
  }
}

/** The model, or for `protocol` one for each way of counting the choroid plexus. */
async function openModels(wanted: string | undefined, plexus: string) {
  if (plexus === 'ventricle' || plexus === 'left-out') {
    const model = await openModel(wanted, { choroidPlexus: plexus });
    return { models: [model], modelFor: () => model };
  }
  if (plexus !== 'protocol') {
    throw new UsageError(`--choroid-plexus must be ventricle, left-out or protocol, got ${plexus}`);
  }
  const within = await openModel(wanted, { choroidPlexus: 'ventricle' });
  const apart = await openModel(wanted, { choroidPlexus: 'left-out' });
  return {
    models: [within, apart],
    modelFor: ({ scheme }: ScoredScan) => (scheme === 'freesurfer' ? apart : within),
  };
}

function asFiles(scan: LabelledScan): ScoredScan {
  return { ...scan, imagePath: dataPath(scan.image), labelsPath: dataPath(scan.labels) };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      model: { type: 'string' },
      dataset: { type: 'string', multiple: true },
      synthetic: { type: 'boolean', default: false },
      'held-out': { type: 'string', default: heldOutPeople.join(',') },
      crf: { type: 'boolean', default: false },
      flip: { type: 'boolean', default: false },
      'choroid-plexus': { type: 'string' },
      keep: { type: 'string' },
      pictures: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const { crf, flip, 'choroid-plexus': plexus = 'ventricle' } = values;
  if (values.synthetic && values.dataset !== undefined) {
    throw new UsageError('--synthetic takes no rows of cases.tsv; leave out --dataset');
  }
  const output = values.keep ?? (await mkdtemp(join(tmpdir(), 'ventriseg-accuracy-')));
  await mkdir(output, { recursive: true });
  const heldOut = values['held-out'].split(',');
  const trainedOn = ({ dataset, subject }: ScoredScan) =>
    !values.synthetic && dataset !== 'oasis-manual' && !heldOut.includes(subject);
  const choices = { output, trainedOn, crf, flip };
  const { models, modelFor } = await openModels(values.model, plexus);
  const scores: ScanScores[] = [];
  try {
    const scans = values.synthetic
      ? await writeSyntheticHeads(output, plexus === 'ventricle' ? plexus : 'left-out', tell)
      : (await labelledScans(values.dataset)).map(asFiles);
    for (const scan of scans) {
      const found = await scoreScan(scan, modelFor(scan), choices);
      scores.push(found);
      tell(`${scan.dataset} ${scan.subject}: all ventricles Dice ${diceOfAll(found).toFixed(3)}`);
    }
    if (values.pictures !== undefined) await drawWorst(worstOf(scores), values.pictures);
  } finally {
    for (const model of models) await model.release();
    if (values.keep === undefined) await rm(output, { recursive: true });
  }
  if (!values.json) {
    print(scores);
    return;
  }
  const used = models.map((model) => {
    const { metadata, sha256 } = isPair(model) ? model.segment : model;
    return { name: metadata.name, sha256, steps: metadata.steps };
  });
  process.stdout.write(`${JSON.stringify({ models: used, scores }, null, 2)}\n`);
}

await runScript('bench:accuracy', main);
