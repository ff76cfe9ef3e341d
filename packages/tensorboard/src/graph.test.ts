import { expect, test } from 'vitest';
import { encodeGraphDef, type GraphNode } from './graph.ts';

const input: GraphNode = { name: 'input', op: 'Placeholder', inputs: [], outputShapes: [[1], [1]] };

test('the bytes of a graph of one node, by hand', () => {
  expect([...encodeGraphDef([{ name: 'a', op: 'B', inputs: [] }])]).toEqual([
    ...[0x0a, 6], // node, 6 bytes
    ...[0x0a, 1, 97], // name "a"
    ...[0x12, 1, 66], // op "B"
    ...[0x22, 2, 0x08, 22], // versions: producer 22
  ]);
});

test('inputs may come later, be later outputs, or be an order without data', () => {
  const nodes = [{ name: 'add', op: 'Add', inputs: ['input', 'input:1', '^input'] }, input];
  expect(encodeGraphDef(nodes).length).toBeGreaterThan(0);
});

test.each<[string, GraphNode[], string]>([
  ['a name used twice', [input, input], 'two nodes are called "input"'],
  [
    'a missing input',
    [{ name: 'a', op: 'Add', inputs: ['b'] }],
    'node "a" has input "b", but there is no such',
  ],
  ['a missing output', [input, { name: 'a', op: 'Add', inputs: ['input:2'] }], '"input" has 2 outputs'],
  ['a name with a colon', [{ name: 'a:0', op: 'Add', inputs: [] }], '"a:0" is no node name'],
  ['an empty scope', [{ name: 'a//b', op: 'Add', inputs: [] }], '"a//b" is no node name'],
  ['a slash at the end', [{ name: 'a/', op: 'Add', inputs: [] }], '"a/" is no node name'],
  ['no op', [{ name: 'a', op: '', inputs: [] }], 'node "a" has no op'],
  ['a shape of part of a voxel', [{ ...input, outputShapes: [[1.5]] }], '[1.5] is no shape'],
  ['shapes as attribute', [{ ...input, attributes: { _output_shapes: [1] } }], 'give shapes as outputShapes'],
])('%s is refused', (_, nodes, message) => {
  expect(() => encodeGraphDef(nodes)).toThrow(
    expect.objectContaining({ code: 'BAD_GRAPH', message: expect.stringContaining(message) }),
  );
});
