/**
 * Writes where our training of a recipe starts and what it is fed, so that PyTorch can be trained from the same
 * start values on the same batches: weights.json with weights.f32, and batches.npy, int32 [steps, batch], the
 * positions in the dataset of the slices of every batch.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { encodeNpyHeader } from '../../packages/ventriseg/src/npy/index.ts';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { writeWeights } from '../pytorch/weights-file.ts';
import { recipeTrainer } from './recipe-trainer.ts';

const help = `tsx bench/experiment-2017/export-start-weights.ts DATASET -o DIR [options]

  -o, --output DIR     folder to write weights.json, weights.f32 and batches.npy into
  --recipe NAME        default ed-cnn-2017
  --steps N            batches to write; default 300
  --seed N             that of our-curve.ts; default 0
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      recipe: { type: 'string', default: 'ed-cnn-2017' },
      steps: { type: 'string', default: '300' },
      seed: { type: 'string', default: '0' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [dataset, ...others] = positionals;
  if (dataset === undefined || others.length > 0 || values.output === undefined) {
    throw new UsageError('wants one DATASET and -o DIR; see --help');
  }
  const steps = wholeNumber('--steps', values.steps, 1);
  const { recipe, trainer, sampler, drawn } = await recipeTrainer({
    dataset,
    recipe: values.recipe,
    seed: wholeNumber('--seed', values.seed, 0),
    threads: 1,
  });
  await mkdir(values.output, { recursive: true });
  await writeWeights(join(values.output, 'weights.json'), trainer);
  for (let step = 0; step < steps; step++) sampler.nextBatch(recipe.batchSize);
  const header = encodeNpyHeader('int32', [steps, recipe.batchSize]);
  const positions = Int32Array.from(drawn);
  await writeFile(
    join(values.output, 'batches.npy'),
    Buffer.concat([header, new Uint8Array(positions.buffer)]),
  );
  await trainer.release();
}

await runScript('export-start-weights', main);
