import { expect, test } from 'vitest';
import type { TrainingNews } from '../engine/protocol.ts';
import { addNews, newRun, stepsDone } from './run.ts';

test('a run holds what it takes to show it and to go on with it', () => {
  const run = newRun({ recipe: 'quick', epochs: 2, compute: 'wasm' }, ['lateral ventricles']);
  expect(stepsDone(run)).toBe(0);
  const [model, masks, checkpoint] = [Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)];
  const told: TrainingNews[] = [
    {
      ...{ stage: 'step', epoch: 1, epochs: 2, step: 20, steps: 40, stepLoss: 0.5, trainLoss: 0.6 },
      ...{ imagesPerSecond: 10, secondsLeft: 20 },
    },
    { stage: 'epoch', epoch: 1, step: 20, trainLoss: 0.6, testLoss: 0.7, classes: [], masks, model },
    { stage: 'checkpoint', checkpoint },
  ];
  for (const news of told) addNews(run, news);
  expect(stepsDone(run)).toBe(20);
  expect(run).toMatchObject({ checkpoint, masks, model: { bytes: model, step: 20 } });
  expect(run.losses).toEqual([{ step: 20, loss: 0.5 }]);
  // The network and the pictures are kept once, not for each epoch.
  expect(run.epochs).toEqual([
    { stage: 'epoch', epoch: 1, step: 20, trainLoss: 0.6, testLoss: 0.7, classes: [] },
  ]);
});
