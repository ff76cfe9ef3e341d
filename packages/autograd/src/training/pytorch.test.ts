/** Operators, whole networks and a training, all against PyTorch in float64. */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import type { Value } from '../graph/graph.ts';
import type { Initialiser } from '../graph/initialiser.ts';
import { type Loss, softDiceLoss, softJaccardLoss } from '../losses/losses.ts';
import { type EncoderDecoderOptions, encoderDecoder } from '../modules/encoder-decoder.ts';
import { leakyRelu, logSoftmax, softmax } from '../operators/activation.ts';
import { softplus } from '../operators/arithmetic.ts';
import { type ConvOptions, conv } from '../operators/conv.ts';
import { convTranspose } from '../operators/conv-transpose.ts';
import { batchNorm, instanceNorm } from '../operators/normalisation.ts';
import { averagePool, maxPool } from '../operators/pool.ts';
import { upsampleLinear, upsampleNearest } from '../operators/resize.ts';
import { oneThread } from '../testing/backend.test-helper.ts';
import { gradientCase } from '../testing/check-operator.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { runGraph } from '../testing/run-graph.test-helper.ts';
import {
  noise,
  noiseOnBackground,
  relativeDistance,
  relativeError,
  type Tensor64,
  tensor64,
} from '../testing/tensor64.test-helper.ts';
import { TORCH_NETWORK, torchWeights } from '../testing/torch-network.test-helper.ts';
import { runTorch } from '../testing/torch-oracle.test-helper.ts';
import { slotOf } from './parameter-layout.ts';
import { Trainer } from './trainer.ts';

interface OperatorComparison {
  readonly operands: Record<string, Tensor64>;
  readonly build: (o: Record<string, Value>) => Value;
  /** A Python expression of the operands and parameters by name. */
  readonly torch: string;
}

function convolution(
  input: number[],
  weight: number[],
  bias: number,
  options: ConvOptions & { padding: number },
): OperatorComparison {
  const { stride = 1, dilation = 1, groups = 1, padding } = options;
  return {
    operands: { x: noiseOnBackground(input, 1), w: noise(weight, 2), b: noise([bias], 3) },
    build: ({ x, w, b }) => conv(x!, w!, b!, options),
    torch: `F.conv${input.length - 2}d(x, w, b, ${stride}, ${padding}, ${dilation}, ${groups})`,
  };
}

function transposed(
  input: number[],
  weight: number[],
  bias: number,
  options: Omit<ConvOptions, 'padding'> & { padding: number },
): OperatorComparison {
  const { stride = 1, dilation = 1, groups = 1, padding } = options;
  return {
    operands: { x: noiseOnBackground(input, 1), w: noise(weight, 2), b: noise([bias], 3) },
    build: ({ x, w, b }) => convTranspose(x!, w!, b!, options),
    torch: `F.conv_transpose${input.length - 2}d(x, w, b, ${stride}, ${padding}, 0, ${groups}, ${dilation})`,
  };
}

/** An operator of one operand; noise without ties unless `operand` says otherwise. */
function unary(
  build: (x: Value) => Value,
  torch: string,
  operand = noise([2, 3, 6, 8], 1),
): OperatorComparison {
  return { operands: { x: operand }, build: ({ x }) => build(x!), torch };
}

const volume = noise([2, 3, 4, 2, 6], 1);
const operators: Record<string, OperatorComparison> = {
  'conv 3x3': convolution([2, 3, 9, 8], [4, 3, 3, 3], 4, { padding: 1 }),
  'conv 3x3, wide': convolution([2, 3, 9, 40], [4, 3, 3, 3], 4, { padding: 1 }),
  'conv 5x5, stride 2': convolution([2, 3, 11, 12], [2, 3, 5, 5], 2, { padding: 2, stride: 2 }),
  'conv, dilation and groups': convolution([2, 4, 9, 9], [6, 2, 3, 3], 6, {
    padding: 2,
    dilation: 2,
    groups: 2,
  }),
  'conv 3-D': convolution([2, 2, 5, 6, 7], [3, 2, 3, 3, 3], 3, { padding: 1 }),
  'conv 3-D, stride 2': convolution([1, 2, 5, 6, 7], [3, 2, 3, 3, 3], 3, { padding: 1, stride: 2 }),
  'convTranspose 2x2, stride 2': transposed([2, 4, 5, 6], [4, 3, 2, 2], 3, { padding: 0, stride: 2 }),
  'convTranspose 4x4, stride 2, groups': transposed([2, 4, 5, 6], [4, 2, 4, 4], 4, {
    padding: 1,
    stride: 2,
    groups: 2,
  }),
  'convTranspose 3-D': transposed([1, 2, 3, 4, 3], [2, 3, 2, 2, 2], 3, { padding: 0, stride: 2 }),
  maxPool: unary((x) => maxPool(x), 'F.max_pool2d(x, 2)'),
  'maxPool 3-D': unary((x) => maxPool(x), 'F.max_pool3d(x, 2)', volume),
  averagePool: unary((x) => averagePool(x, 2), 'F.avg_pool2d(x, 2)'),
  'nearest neighbour': unary((x) => upsampleNearest(x, 3), 'F.interpolate(x, scale_factor=3)'),
  bilinear: unary(
    (x) => upsampleLinear(x),
    "F.interpolate(x, scale_factor=2, mode='bilinear', align_corners=False)",
  ),
  'bilinear by 3': unary(
    (x) => upsampleLinear(x, 3),
    "F.interpolate(x, scale_factor=3, mode='bilinear', align_corners=False)",
  ),
  trilinear: unary(
    (x) => upsampleLinear(x),
    "F.interpolate(x, scale_factor=2, mode='trilinear', align_corners=False)",
    volume,
  ),
  instanceNorm: unary(
    (x) => instanceNorm(x),
    'F.instance_norm(x, weight=scale, bias=shift)',
    noiseOnBackground([2, 3, 6, 8], 1),
  ),
  'instanceNorm 3-D': unary((x) => instanceNorm(x), 'F.instance_norm(x, weight=scale, bias=shift)', volume),
  batchNorm: unary(
    (x) => batchNorm(x),
    'F.batch_norm(x, None, None, scale, shift, training=True)',
    noiseOnBackground([2, 3, 6, 8], 1),
  ),
  softmax: unary(softmax, 'F.softmax(x, 1)'),
  logSoftmax: unary(logSoftmax, 'F.log_softmax(x, 1)'),
  leakyRelu: unary((x) => leakyRelu(x, 0.1), 'F.leaky_relu(x, 0.1)'),
  softplus: unary(softplus, 'F.softplus(x)', noiseOnBackground([2, 3, 6, 8], 1)),
};

testWithPython('operators and their gradients', ['torch'], async () => {
  const results = [];
  const inputs: Record<string, Tensor64> = {};
  let script = '';
  for (const [name, { operands, build, torch }] of Object.entries(operators)) {
    const { graph, feeds, gradients } = gradientCase({ operands, build });
    results.push({ name, ours: await runGraph(graph, feeds) });
    const names = [...gradients.keys()];
    for (const [key, tensor] of feeds) inputs[`${name}:${key}`] = tensor;
    script += names.map((key) => `${key} = inputs['${name}:${key}'].requires_grad_()\n`).join('');
    script += `y = ${torch}\n(y * inputs['${name}:projection']).sum().backward()\noutputs['${name}:y'] = y\n`;
    script += names.map((key) => `outputs['${name}:d/${key}'] = ${key}.grad\n`).join('');
  }
  const theirs = runTorch(script, inputs);
  for (const { name, ours } of results) {
    for (const [key, tensor] of ours) {
      const wanted = theirs[`${name}:${key}`]!;
      expect(tensor.shape, `${name}: ${key}`).toEqual(wanted.shape);
      expect(relativeError(tensor.data, wanted.data), `${name}: ${key}`).toBeLessThan(1e-4);
    }
  }
});

const lossesInTorch: Record<string, Loss> = { jaccard: softJaccardLoss(), dice: softDiceLoss() };

interface NetworkComparison {
  readonly options: Omit<EncoderDecoderOptions, 'name' | 'classes'>;
  readonly loss: string;
  readonly batch: number;
  /** Steps of Adam before the gradients are compared. */
  readonly steps: number;
}

const tenth: Initialiser = { kind: 'constant', value: 0.1 };
const inBetween = { biasInitialiser: tenth };
const of2017 = { biasInitialiser: tenth, weightInitialiser: { kind: 'truncated-normal', sd: 0.1 } } as const;
const small = { inputShape: [1, 32, 32], filters: [4, 8] };
const real = { inputShape: [1, 96, 96], filters: [12, 24, 48, 96], outputChannels: 2 };

const networks: Record<string, NetworkComparison> = {
  'a small ED-CNN': {
    options: { ...small, skips: false, block: inBetween },
    loss: 'jaccard',
    batch: 3,
    steps: 0,
  },
  'a small ED-CNN, half trained': {
    options: { ...small, skips: false, block: inBetween },
    loss: 'jaccard',
    batch: 3,
    steps: 60,
  },
  'a small ED-CNN with zero biases': {
    options: { ...small, skips: false },
    loss: 'dice',
    batch: 3,
    steps: 0,
  },
  'a small U-Net': { options: { ...small, skips: true, block: inBetween }, loss: 'dice', batch: 3, steps: 0 },
  'a small U-Net, half trained': {
    options: { ...small, skips: true, block: inBetween },
    loss: 'dice',
    batch: 3,
    steps: 60,
  },
  'the ED-CNN of 2017': {
    options: { ...real, skips: false, block: of2017 },
    loss: 'jaccard',
    batch: 2,
    steps: 0,
  },
  'the U-Net of 2017, half trained': {
    options: { ...real, skips: true, block: of2017 },
    loss: 'jaccard',
    batch: 2,
    steps: 20,
  },
};

for (const [name, { options, loss, batch: size, steps }] of Object.entries(networks)) {
  testWithPython(`the gradient of every parameter of ${name}`, ['torch'], async () => {
    const trainer = await Trainer.create({
      network: encoderDecoder({ name, classes: 1, ...options }),
      loss: lossesInTorch[loss]!,
      optimiser: { kind: 'adam' },
      runtime: ort,
      seed: 11,
      chunkSize: size,
      session: oneThread,
    });
    const width = options.inputShape[1]!;
    for (let step = 0; step < steps; step++) await trainer.train(discs(size, width, 100 + step), 1e-3);
    const batch = discs(size, width, 21);
    const ours = await trainer.batchGradient(batch);
    const shape = [size, ...options.inputShape];
    const theirs = runTorch(
      `${TORCH_NETWORK}
loss = ${loss}(network(inputs['image'], w, ${options.filters.length}, ${options.skips ? 'True' : 'False'}), inputs['target'])
loss.backward()
outputs['loss'] = loss
for name, t in w.items(): outputs[name] = t.grad
`,
      {
        image: tensor64(shape, batch.images),
        target: tensor64(shape, batch.targets),
        ...torchWeights(trainer),
      },
    );
    expect(ours.loss).toBeCloseTo(theirs.loss!.data[0]!, 5);
    for (const slot of trainer.layout.trainable) {
      const error = relativeDistance(slotOf(ours.gradient, slot), theirs[slot.name]!.data);
      expect(error, slot.name).toBeLessThan(1e-3);
    }
    await trainer.release();
  });
}

testWithPython(
  'running statistics are those of torch, but for the variance, which is biased here',
  ['torch'],
  async () => {
    const x = noise([3, 2, 4, 5], 8, 2);
    const { graph, feeds } = gradientCase({
      operands: { x },
      build: (o) => batchNorm(o.x!, { momentum: 0.3 }),
      parameters: { running_mean: tensor64([2], [1, -1]), running_variance: tensor64([2], [2, 3]) },
    });
    for (const [name, value] of graph.stateUpdates) graph.output(`new_${name}`, value);
    const ours = await runGraph(graph, feeds);
    const theirs = runTorch(
      `
mean, variance = inputs['mean'], inputs['variance']
F.batch_norm(inputs['x'], mean, variance, training=True, momentum=0.3)
outputs['mean'], outputs['variance'] = mean, variance
`,
      { x, mean: tensor64([2], [1, -1]), variance: tensor64([2], [2, 3]) },
    );
    expect(relativeError(ours.get('new_running_mean')!.data, theirs.mean!.data)).toBeLessThan(1e-5);
    const count = 3 * 4 * 5;
    const biased = theirs.variance!.data.map((v, i) => {
      const start = 0.7 * [2, 3][i]!;
      return start + ((v - start) * (count - 1)) / count;
    });
    expect(relativeError(ours.get('new_running_variance')!.data, biased)).toBeLessThan(1e-5);
  },
);
