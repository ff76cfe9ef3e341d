import { expect, test } from 'vitest';
import { Graph } from '../graph/graph.ts';
import { checkOperator } from '../testing/check-operator.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import {
  forEachIndex,
  noise,
  product,
  type Tensor64,
  tensor64,
  zeros64,
} from '../testing/tensor64.test-helper.ts';
import {
  binaryCrossEntropyLoss,
  crossEntropyLoss,
  type Loss,
  probabilities,
  softDiceLoss,
  softJaccardLoss,
  sumOfLosses,
  tverskyLoss,
} from './losses.ts';

async function lossOf(loss: Loss, logits: Tensor64, target: Tensor64): Promise<number[]> {
  const g = new Graph({ mode: 'training' });
  g.output('loss', loss(g.input('logits', logits.shape), g.input('target', target.shape)));
  const outputs = await runGraph(
    g,
    new Map([
      ['logits', logits],
      ['target', target],
    ]),
  );
  return [...outputs.get('loss')!.data];
}

// Probabilities 1/2, 1/2, 3/4, 1/4: sum(pg) = 5/4, sum(p) = sum(g) = 2.
const oneClass = {
  logits: tensor64([1, 1, 2, 2], [0, 0, Math.log(3), -Math.log(3)]),
  target: tensor64([1, 1, 2, 2], [1, 0, 1, 0]),
};

test.each<[string, Loss, number]>([
  ['soft Jaccard', softJaccardLoss(), -1.25 / 2.75],
  ['soft Jaccard, smoothed', softJaccardLoss({ smooth: 1 }), -2.25 / 3.75],
  ['soft Dice', softDiceLoss(), 1 - 3.5 / 5],
  ['soft Dice, not smoothed', softDiceLoss({ smooth: 0 }), 1 - 2.5 / 4],
  ['Tversky', tverskyLoss(), 1 - 2.25 / (1.25 + 0.3 * 0.75 + 0.7 * 0.75 + 1)],
  ['Tversky, halves: Dice', tverskyLoss({ alpha: 0.5, beta: 0.5, smooth: 0 }), 1 - 2.5 / 4],
  ['binary cross-entropy', binaryCrossEntropyLoss(), (2 * Math.log(2) + 2 * Math.log(4 / 3)) / 4],
  [
    'a sum',
    sumOfLosses([
      [1, softDiceLoss()],
      [0.5, binaryCrossEntropyLoss()],
    ]),
    1 - 3.5 / 5 + 0.25 * (Math.log(2) + Math.log(4 / 3)),
  ],
])('%s of one class, by hand', async (_, loss, expected) => {
  const [value] = await lossOf(loss, oneClass.logits, oneClass.target);
  expect(value).toBeCloseTo(expected, 6);
});

// Two pixels with probabilities (0.2, 0.5, 0.3) and (0.6, 0.3, 0.1); the first is class 1, the second background.
const threeClasses = {
  logits: tensor64([1, 3, 1, 2], [0.2, 0.6, 0.5, 0.3, 0.3, 0.1].map(Math.log)),
  target: tensor64([1, 3, 1, 2], [0, 1, 1, 0, 0, 0]),
};

test.each<[string, Loss, number]>([
  // Class 1: p = 0.8, g = 1, pg = 0.5. Class 2: p = 0.4, the rest 0.
  ['soft Dice without the background', softDiceLoss(), (1 - 2 / 2.8 + 1 - 1 / 1.4) / 2],
  ['soft Dice of classes 0 and 2', softDiceLoss({ classes: [0, 2] }), (1 - 2.2 / 2.8 + 1 - 1 / 1.4) / 2],
  ['soft Jaccard', softJaccardLoss(), -0.5 / (0.8 + 1 - 0.5) / 2],
  ['cross-entropy', crossEntropyLoss(), -(Math.log(0.5) + Math.log(0.6)) / 2],
  [
    'cross-entropy with weights',
    crossEntropyLoss({ classWeights: [2, 1, 1] }),
    -(Math.log(0.5) + 2 * Math.log(0.6)) / 2,
  ],
])('%s of three classes, by hand', async (_, loss, expected) => {
  const [value] = await lossOf(loss, threeClasses.logits, threeClasses.target);
  expect(value).toBeCloseTo(expected, 6);
});

test('a perfect prediction costs nothing, and no foreground at all is defined', async () => {
  const target = tensor64([2, 1, 1, 4], [1, 1, 0, 0, 0, 0, 0, 0]);
  const perfect = { ...target, data: target.data.map((v) => (v === 1 ? 300 : -300)) };
  expect(await lossOf(softDiceLoss(), perfect, target)).toEqual([0, 0]);
  expect(await lossOf(tverskyLoss(), perfect, target)).toEqual([0, 0]);
  expect(await lossOf(softJaccardLoss({ smooth: 1 }), perfect, target)).toEqual([-1, -1]);
  expect(await lossOf(binaryCrossEntropyLoss(), perfect, target)).toEqual([0, 0]);
  const halves = { ...target, data: new Float64Array(8) };
  // Without foreground: p sums to 2.
  expect((await lossOf(softDiceLoss(), halves, target))[1]).toBeCloseTo(2 / 3, 6);
  expect((await lossOf(softJaccardLoss(), halves, target))[1]).toBeCloseTo(0, 6);
});

/** The losses once more, from their formulas, on all of an image's numbers at once. */
function reference(kind: string, logits: Tensor64, target: Tensor64, smooth: number): Tensor64 {
  const [images, classes] = logits.shape as [number, number];
  const positions = product(logits.shape.slice(2));
  const p = zeros64(logits.shape);
  forEachIndex([images, positions], ([n, at]) => {
    const index = (k: number) => (n! * classes + k) * positions + at!;
    const exponentials = Array.from({ length: classes }, (_, k) => Math.exp(logits.data[index(k)]!));
    const total = classes === 1 ? 1 + exponentials[0]! : exponentials.reduce((a, b) => a + b);
    exponentials.forEach((e, k) => {
      p.data[index(k)] = e / total;
    });
  });
  const result = zeros64([images]);
  for (let n = 0; n < images; n++) {
    let entropy = 0;
    let overlap = 0;
    for (let k = 0; k < classes; k++) {
      let [both, predicted, truth] = [0, 0, 0];
      for (let at = (n * classes + k) * positions; at < (n * classes + k + 1) * positions; at++) {
        const [q, g] = [p.data[at]!, target.data[at]!];
        both += q * g;
        predicted += q;
        truth += g;
        entropy -= g * Math.log(q) + (classes === 1 ? (1 - g) * Math.log(1 - q) : 0);
      }
      const falsePositive = predicted - both;
      const falseNegative = truth - both;
      const index: Record<string, number> = {
        jaccard: -(both + smooth) / (predicted + truth - both + smooth),
        dice: 1 - (2 * both + smooth) / (predicted + truth + smooth),
        tversky: 1 - (both + smooth) / (both + 0.3 * falsePositive + 0.7 * falseNegative + smooth),
      };
      if (classes === 1 || k > 0) overlap += index[kind] ?? 0;
    }
    result.data[n] = kind === 'entropy' ? entropy / positions : overlap / Math.max(1, classes - 1);
  }
  return result;
}

/** One-hot masks; with one class a mask. The last image has no foreground. */
function target(shape: readonly number[]): Tensor64 {
  const result = zeros64(shape);
  const classes = shape[1]!;
  forEachIndex([shape[0]!, product(shape.slice(2))], ([n, at]) => {
    const positions = product(shape.slice(2));
    const label = n === shape[0]! - 1 ? 0 : ((at! * 7 + n!) % (classes + 1)) % Math.max(2, classes);
    if (classes > 1) result.data[(n! * classes + label) * positions + at!] = 1;
    else result.data[n! * positions + at!] = label;
  });
  return result;
}

const shapes: [string, readonly number[]][] = [
  ['one class', [3, 1, 5, 6]],
  ['one class, batch 1, no foreground', [1, 1, 4, 4]],
  ['one class, 3-D', [2, 1, 3, 4, 3]],
  ['four classes', [3, 4, 5, 6]],
  ['four classes, 3-D', [2, 4, 2, 3, 4]],
];

const losses: [string, string, number, Loss][] = [
  ['soft Jaccard', 'jaccard', 0, softJaccardLoss()],
  ['soft Jaccard, smoothed', 'jaccard', 1, softJaccardLoss({ smooth: 1 })],
  ['soft Dice', 'dice', 1, softDiceLoss()],
  ['Tversky', 'tversky', 1, tverskyLoss()],
];

for (const [name, kind, smooth, loss] of losses) {
  test.each(shapes)(`${name} and its gradient, %s`, async (_, shape) => {
    const truth = target(shape);
    await checkOperator({
      operands: { logits: noise(shape, 1, 2) },
      build: ({ logits }, g) => loss(logits!, g.constant([...truth.data], shape)),
      reference: ({ logits }) => reference(kind, logits!, truth, smooth),
    });
  });
}

test.each(shapes)('cross-entropy and its gradient, %s', async (_, shape) => {
  const truth = target(shape);
  const loss = shape[1] === 1 ? binaryCrossEntropyLoss() : crossEntropyLoss();
  await checkOperator({
    operands: { logits: noise(shape, 1, 2) },
    build: ({ logits }, g) => loss(logits!, g.constant([...truth.data], shape)),
    reference: ({ logits }) => reference('entropy', logits!, truth, 0),
  });
});

test('probabilities are sigmoids of one channel and softmaxes of several', () => {
  const g = new Graph({ mode: 'inference' });
  probabilities(g.input('one', [1, 1, 2, 2]));
  probabilities(g.input('three', [1, 3, 2, 2]));
  expect(g.nodes.map((n) => n.op)).toEqual(['Sigmoid', 'Softmax']);
});

test('wrong use is refused', () => {
  const g = new Graph({ mode: 'training' });
  const logits = g.input('logits', [2, 1, 4, 4]);
  const three = g.input('three', [2, 3, 4, 4]);
  expect(() => softDiceLoss()(logits, g.input('small', [2, 1, 4, 3]))).toThrow(
    'softDiceLoss: logits are 2x1x4x4, the target is 2x1x4x3',
  );
  expect(() => crossEntropyLoss()(logits, logits)).toThrow(
    'crossEntropyLoss needs at least two classes, got 2x1x4x4; use binaryCrossEntropyLoss for one',
  );
  expect(() => crossEntropyLoss({ classWeights: [1, 2] })(three, three)).toThrow('needs 3 values, got 2');
  expect(() => softDiceLoss({ classes: [3] })(three, three)).toThrow(
    'softDiceLoss: classes [3] must be some of 0 to 2, the channels of 2x3x4x4',
  );
  expect(() => tverskyLoss({ classes: [] })(three, three)).toThrow('tverskyLoss: classes [] must be some of');
  expect(() => sumOfLosses([])).toThrow('sumOfLosses() needs at least one loss');
});

test("absent: 'skip' takes the mean over the classes that an image shows", async () => {
  // Two images of two pixels, three classes; the first shows class 1 in one pixel, the second only background.
  const logits = tensor64([2, 3, 2], [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const target = tensor64([2, 3, 2], [0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0]);
  const [shown, notShown] = await lossOf(softDiceLoss({ smooth: 1, absent: 'skip' }), logits, target);
  const found = Math.exp(2) / (2 + Math.exp(2));
  expect(shown).toBeCloseTo(1 - (2 * found + 1) / (found + 1 / 3 + 1 + 1), 5);
  expect(notShown).toBe(0);
});
