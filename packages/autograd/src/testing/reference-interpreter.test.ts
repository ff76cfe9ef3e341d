/** The reference itself: every node it knows, against what ONNX Runtime makes of the same node. */
import { expect, test } from 'vitest';
import { type AttributeValue, Graph, type Value } from '../graph/graph.ts';
import { interpret } from './reference-interpreter.test-helper.ts';
import { runGraph } from './run-graph.test-helper.ts';
import { noise, relativeError, type Tensor64, tensor64, uniform } from './tensor64.test-helper.ts';

type Attributes = Readonly<Record<string, AttributeValue>>;

interface NodeCase {
  readonly operands: readonly Tensor64[];
  readonly shape: readonly number[];
  readonly attributes?: Attributes;
  /** Integer operands that follow. */
  readonly integers?: readonly (readonly number[])[];
  readonly domain?: string;
}

const x = noise([2, 3, 4, 5], 1);
const positive = uniform([2, 3, 4, 5], 2, 0.5, 2);
const unary = (operand: Tensor64, attributes: Attributes = {}): NodeCase => ({
  operands: [operand],
  shape: operand.shape,
  attributes,
});
const binary: NodeCase = { operands: [x, uniform([3, 1, 5], 3, 0.5, 2)], shape: x.shape };
const reduction = (keepdims: number, shape: readonly number[]): NodeCase => ({
  operands: [x],
  attributes: { axes: [1, 3], keepdims },
  shape,
});

const cases: [string, NodeCase][] = [
  ['Identity', unary(x)],
  ['Neg', unary(x)],
  ['Exp', unary(x)],
  ['Log', unary(positive)],
  ['Sqrt', unary(positive)],
  ['Abs', unary(x)],
  ['Sign', unary(x)],
  ['Reciprocal', unary(positive)],
  ['Relu', unary(x)],
  ['Sigmoid', unary(x)],
  ['Softplus', unary(x)],
  ['LeakyRelu', unary(x)],
  ['LeakyRelu', unary(x, { alpha: { float: 0.3 } })],
  ['HardSigmoid', unary(x)],
  ['HardSigmoid', unary(x, { alpha: { float: 1e30 }, beta: { float: 0 } })],
  ['Softmax', unary(x)],
  ['Softmax', unary(x, { axis: 1 })],
  ['LogSoftmax', unary(x, { axis: 2 })],
  ['Add', binary],
  ['Sub', binary],
  ['Mul', binary],
  ['Div', binary],
  ['Pow', { operands: [positive, uniform([5], 4, -2, 2)], shape: x.shape }],
  ['Sum', { operands: [x, positive, noise([1, 3, 1, 1], 5)], shape: x.shape }],
  ['Max', binary],
  ['Min', binary],
  ['ReduceMean', reduction(0, [2, 4])],
  ['ReduceMax', reduction(1, [2, 1, 4, 1])],
  ['ReduceMin', reduction(0, [2, 4])],
  ['ReduceL2', reduction(1, [2, 1, 4, 1])],
  ['ReduceL2', { operands: [x], shape: [], attributes: { keepdims: 0 } }],
  ['ReduceSum', { operands: [x], shape: [2, 4], attributes: { keepdims: 0 }, integers: [[1, -1]] }],
  ['MatMul', { operands: [noise([2, 3, 4, 5], 1), noise([3, 5, 6], 2)], shape: [2, 3, 4, 6] }],
  [
    'FusedMatMul',
    {
      operands: [noise([3, 5, 4], 1), noise([3, 6, 5], 2)],
      shape: [3, 4, 6],
      attributes: { transA: 1, transB: 1, alpha: { float: 0.5 } },
      domain: 'com.microsoft',
    },
  ],
  ['Reshape', { operands: [x], shape: [2, 12, 5], integers: [[0, -1, 5]] }],
  ['Unsqueeze', { operands: [x], shape: [2, 1, 3, 4, 5], integers: [[1]] }],
  ['Squeeze', { operands: [noise([2, 1, 3, 1], 1)], shape: [2, 3], integers: [[1, 3]] }],
  ['Transpose', { operands: [x], shape: [5, 2, 4, 3], attributes: { perm: [3, 0, 2, 1] } }],
  ['Concat', { operands: [x, noise([2, 3, 1, 5], 2)], shape: [2, 3, 5, 5], attributes: { axis: 2 } }],
  [
    'Slice',
    {
      operands: [x],
      shape: [2, 2, 2, 5],
      integers: [
        [1, 0],
        [-1 + 4, 4],
        [1, 2],
        [1, 2],
      ],
    },
  ],
  ['Pad', { operands: [x], shape: [2, 3, 5, 4], integers: [[0, 0, 2, -1, 0, 0, -1, 0]] }],
  ['Expand', { operands: [noise([3, 1], 1)], shape: [2, 3, 4], integers: [[2, 3, 4]] }],
  ['Gather', { operands: [x], shape: [2, 3, 3, 5], integers: [[3, 0, 3]], attributes: { axis: 2 } }],
  [
    'Conv',
    {
      operands: [noise([2, 4, 7, 6], 1), noise([6, 2, 3, 2], 2), noise([6], 3)],
      shape: [2, 6, 4, 7],
      attributes: { kernel_shape: [3, 2], strides: [2, 1], dilations: [1, 2], pads: [1, 0, 2, 3], group: 2 },
    },
  ],
  [
    'ConvTranspose',
    {
      operands: [noise([2, 4, 3, 4], 1), noise([4, 3, 3, 2], 2), noise([6], 3)],
      shape: [2, 6, 7, 5],
      attributes: {
        kernel_shape: [3, 2],
        strides: [2, 1],
        dilations: [1, 2],
        pads: [1, 0, 0, 1],
        output_padding: [1, 0],
        group: 2,
      },
    },
  ],
  [
    'MaxPool',
    {
      operands: [noise([2, 3, 7, 6], 1)],
      shape: [2, 3, 4, 3],
      attributes: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0] },
    },
  ],
  [
    'AveragePool',
    {
      operands: [noise([2, 3, 7, 6], 1)],
      shape: [2, 3, 4, 3],
      attributes: { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 0] },
    },
  ],
  [
    'InstanceNormalization',
    {
      operands: [x, noise([3], 2), noise([3], 3)],
      shape: x.shape,
      attributes: { epsilon: { float: 0.01 } },
    },
  ],
  [
    'BatchNormalization',
    { operands: [x, noise([3], 2), noise([3], 3), noise([3], 4), uniform([3], 5, 0.5, 2)], shape: x.shape },
  ],
];

test.each(cases)('%s', async (op, { operands, shape, attributes, integers, domain }) => {
  const g = new Graph({ mode: 'inference' });
  const inputs: Value[] = [
    ...operands.map((t, i) => g.input(`operand${i}`, t.shape)),
    ...(integers ?? []).map((numbers) => g.integers(numbers)),
  ];
  g.output('y', g.emit(op, inputs, shape, attributes ?? {}, domain === undefined ? {} : { domain }));
  const feeds = new Map(operands.map((t, i) => [`operand${i}`, t]));
  const wanted = (await runGraph(g, feeds)).get('y')!;
  const result = interpret(g, feeds, ['y']).get('y')!;
  expect(result.shape).toEqual(wanted.shape);
  expect(relativeError(result.data, wanted.data)).toBeLessThan(1e-5);
});

test.each([
  ['nearest', { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }],
  ['linear', { mode: 'linear', coordinate_transformation_mode: 'half_pixel' }],
])('Resize, %s', async (_, attributes) => {
  const g = new Graph({ mode: 'inference' });
  const scales = g.constant([1, 1, 2, 3], [4]);
  g.output('y', g.emit('Resize', [g.input('x', x.shape), undefined, scales], [2, 3, 8, 15], attributes));
  const feeds = new Map([['x', x]]);
  const [wanted, result] = [(await runGraph(g, feeds)).get('y')!, interpret(g, feeds, ['y']).get('y')!];
  expect(relativeError(result.data, wanted.data)).toBeLessThan(1e-5);
});

test('comparisons and choices', () => {
  const g = new Graph({ mode: 'inference' });
  const [a, b] = [g.input('a', [4]), g.input('b', [4])];
  const larger = g.emit('Greater', [a, b], [4], {}, { type: 'bool' });
  g.output('y', g.emit('Where', [larger, a, b], [4]));
  const feeds = new Map([
    ['a', tensor64([4], [1, 5, -2, 0])],
    ['b', tensor64([4], [3, 4, -2, -1])],
  ]);
  expect([...interpret(g, feeds, ['y']).get('y')!.data]).toEqual([3, 5, -2, 0]);
});

test('it computes only what is asked for, and says what it cannot', () => {
  const g = new Graph({ mode: 'inference' });
  const known = g.emit('Neg', [g.input('x', [2])], [2]);
  const strange = g.emit('TopSecret', [known], [2], {}, { domain: 'elsewhere' });
  const wrong = g.emit('Neg', [known], [3]);
  const feeds = new Map([['x', tensor64([2], [1, 2])]]);
  expect([...interpret(g, feeds, [known.name]).get(known.name)!.data]).toEqual([-1, -2]);
  expect(() => interpret(g, feeds, [strange.name])).toThrow('has no elsewhere.TopSecret');
  expect(() => interpret(g, feeds, [wrong.name])).toThrow('Neg Neg_1 is 2, the graph says 3');
  expect(() => interpret(g, new Map(), [known.name])).toThrow('nothing makes x; feed it');
});
