/** Trains a recipe with our engine for some steps and writes its training loss, step by step, as CSV. */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { learningRateAt } from 'onnx-autograd';
import { runScript, UsageError, wholeNumber } from '../command-line.ts';
import { recipeTrainer } from './recipe-trainer.ts';

const help = `tsx bench/experiment-2017/our-curve.ts DATASET -o CSV [options]

  -o, --output CSV     file to write: step,loss
  --recipe NAME        default ed-cnn-2017
  --steps N            default 300
  --seed N             of start values and of the order of slices; default 0
  --threads N          default 2
`;

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      output: { type: 'string', short: 'o' },
      recipe: { type: 'string', default: 'ed-cnn-2017' },
      steps: { type: 'string', default: '300' },
      seed: { type: 'string', default: '0' },
      threads: { type: 'string', default: '2' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [dataset, ...others] = positionals;
  if (dataset === undefined || others.length > 0 || values.output === undefined) {
    throw new UsageError('wants one DATASET and -o CSV; see --help');
  }
  const steps = wholeNumber('--steps', values.steps, 1);
  const { recipe, trainer, sampler } = await recipeTrainer({
    dataset,
    recipe: values.recipe,
    seed: wholeNumber('--seed', values.seed, 0),
    threads: wholeNumber('--threads', values.threads, 1),
  });
  const total = recipe.epochs * recipe.stepsPerEpoch;
  const rows = ['step,loss'];
  const began = performance.now();
  for (let step = 1; step <= steps; step++) {
    const rate = learningRateAt(recipe.schedule, recipe.learningRate, trainer.step, total);
    const { loss } = await trainer.train(sampler.nextBatch(recipe.batchSize), rate);
    rows.push(`${step},${loss}`);
    if (step % 10 === 0 || step === steps) {
      await writeFile(values.output, `${rows.join('\n')}\n`);
      const left = ((performance.now() - began) / step) * (steps - step);
      process.stderr.write(`step ${step} loss ${loss.toFixed(4)}, ${(left / 1000).toFixed(0)} s left\n`);
    }
  }
  await trainer.release();
}

await runScript('our-curve', main);
