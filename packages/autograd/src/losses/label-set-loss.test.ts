import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import { noise, type Tensor64, tensor64, zeros64 } from '../testing/tensor64.test-helper.ts';
import { type LabelSetOptions, labelSetLoss } from './label-set-loss.ts';
import { crossEntropyLoss, softDiceLoss, sumOfLosses } from './losses.ts';

const lossOf = async (
  build: typeof labelSetLoss | (() => ReturnType<typeof labelSetLoss>),
  options: LabelSetOptions,
  logits: Tensor64,
  target: Tensor64,
) => {
  const g = new Graph({ mode: 'training' });
  g.output('loss', build(options)(g.input('logits', logits.shape), g.input('target', target.shape)));
  const feeds = new Map([
    ['logits', logits],
    ['target', target],
  ]);
  return [...(await runGraph(g, feeds)).get('loss')!.data];
};

/** One-hot over `labels` for the labels of [N, positions]. */
function oneHot(labels: readonly (readonly number[])[], count: number): Tensor64 {
  const t = zeros64([labels.length, count, 1, labels[0]!.length]);
  labels.forEach((row, n) => {
    row.forEach((label, i) => {
      t.data[(n * count + label) * row.length + i] = 1;
    });
  });
  return t;
}

test('two positions by hand: one label allows two classes', async () => {
  // Probabilities (0.2, 0.5, 0.3) and (0.6, 0.3, 0.1); the first is class 1 or 2, the second background.
  const logits = tensor64([1, 3, 1, 2], [0.2, 0.6, 0.5, 0.3, 0.3, 0.1].map(Math.log));
  const target = oneHot([[1, 0]], 2);
  const options = { allowed: [[0], [1, 2]], groups: [[1, 2]], smooth: 0 };
  const entropy = -(Math.log(0.5 + 0.3) + Math.log(0.6)) / 2;
  const dice = 1 - (2 * 0.8) / (0.8 + 0.4 + 1);
  expect((await lossOf(labelSetLoss, options, logits, target))[0]).toBeCloseTo(entropy + dice, 6);
  const weighted = { ...options, crossEntropy: 0.5, dice: 2 };
  expect((await lossOf(labelSetLoss, weighted, logits, target))[0]).toBeCloseTo(entropy / 2 + 2 * dice, 6);
  const rare = { ...options, dice: 0, labelWeights: [1, 5] };
  const fiveTimes = -(5 * Math.log(0.5 + 0.3) + Math.log(0.6)) / 2;
  expect((await lossOf(labelSetLoss, rare, logits, target))[0]).toBeCloseTo(fiveTimes, 6);
});

test('where every label is one class it is cross-entropy plus soft Dice, image by image', async () => {
  const logits = noise([2, 4, 1, 6], 1);
  const target = oneHot(
    [
      [0, 1, 2, 3, 0, 1],
      [3, 3, 1, 0, 2, 2],
    ],
    4,
  );
  const options = { allowed: [[0], [1], [2], [3]], groups: [[1], [2], [3]], smooth: 1 };
  const plain = sumOfLosses([
    [1, crossEntropyLoss()],
    [1, softDiceLoss()],
  ]);
  const wanted = await lossOf(() => plain, options, logits, target);
  const got = await lossOf(labelSetLoss, options, logits, target);
  got.forEach((value, n) => {
    expect(value).toBeCloseTo(wanted[n]!, 5);
  });
});

test('its gradient', async () => {
  const target = oneHot([[0, 1, 2, 3, 1, 0, 2, 3]], 4);
  const loss = labelSetLoss({ allowed: [[0], [1], [2], [1, 2]], groups: [[1, 2]] });
  await checkOperator({
    operands: { logits: noise([1, 3, 1, 8], 2) },
    build: ({ logits }) => loss(logits!, logits!.graph.constant([...target.data], target.shape)),
  });
});

test('classes and targets that do not fit are refused', () => {
  const g = new Graph({ mode: 'training' });
  const logits = g.input('logits', [1, 3, 4]);
  const target = g.input('target', [1, 3, 4]);
  expect(() => labelSetLoss({ allowed: [[0], [3]], groups: [[1]] })(logits, target)).toThrow(
    'labelSetLoss: [3] must be some of the classes 0 to 2 of 1x3x4',
  );
  expect(() => labelSetLoss({ allowed: [[0], [1]], groups: [[1]] })(logits, target)).toThrow(
    'labelSetLoss: 2 labels for logits 1x3x4 need a target 1x2x4, got 1x3x4',
  );
});
