/**
 * Recipes that go from `ed-cnn-2017` to `unet-2017-plus` in steps, each with one more change than the one before,
 * all as long as each other, so that their scores show what each change gives.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { builtInRecipe, type Recipe } from '../../packages/ventriseg/src/recipes/index.ts';
import { runScript, wholeNumber } from '../command-line.ts';

const help = `tsx bench/experiment-2017/ablation-recipes.ts [options]

  -o, --output DIR     folder for the recipes; default out/ablation
  --epochs N           of 40 batches of 32; default 8

Prints the recipes' paths, from the published one to the one with all changes.
`;

function ablation(epochs: number): Recipe[] {
  const published = builtInRecipe('ed-cnn-2017');
  const plus = builtInRecipe('ed-cnn-2017-plus');
  const { weights, biases } = plus.network;
  const changes: [name: string, description: string, change: Partial<Recipe>][] = [
    ['0-published', 'as published, in batches of 32', {}],
    ['1-start', 'and start values by He', { network: { ...published.network, weights, biases } }],
    ['2-loss', 'and the loss soft Dice + cross-entropy', { loss: plus.loss }],
    [
      '3-rate',
      'and Adam at 1e-3 with warm-up and cosine, gradients clipped',
      {
        learningRate: plus.learningRate,
        schedule: plus.schedule,
        ...(plus.clipNorm !== undefined && { clipNorm: plus.clipNorm }),
      },
    ],
    ['4-augmentation', 'and augmentation', { augmentation: plus.augmentation }],
    ['5-skips', 'and skip connections', { network: builtInRecipe('unet-2017-plus').network }],
  ];
  let recipe: Recipe = { ...published, batchSize: plus.batchSize, stepsPerEpoch: plus.stepsPerEpoch, epochs };
  return changes.map(([name, description, change]) => {
    recipe = { ...recipe, ...change, name, description };
    return recipe;
  });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      output: { type: 'string', short: 'o', default: 'out/ablation' },
      epochs: { type: 'string', default: '8' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  await mkdir(values.output, { recursive: true });
  for (const recipe of ablation(wholeNumber('--epochs', values.epochs, 1))) {
    const path = join(values.output, `${recipe.name}.json`);
    await writeFile(path, `${JSON.stringify(recipe, null, 2)}\n`);
    process.stdout.write(`${path}\n`);
  }
}

await runScript('ablation-recipes', main);
