/** PyTorch in float64 as another implementation: tensors in, tensors out. */
import { runPython } from '../../../../test/python-oracle.ts';
import { type Tensor64, tensor64 } from './tensor64.test-helper.ts';

const BEFORE = `
import base64, json, sys
import numpy, torch
import torch.nn.functional as F
torch.set_num_threads(1)
raw = sys.stdin.buffer.read()
length = int.from_bytes(raw[:4], 'little')
at, inputs, outputs = 4 + length, {}, {}
for name, shape in json.loads(raw[4:at]):
    count = int(numpy.prod(shape, dtype=numpy.int64))
    inputs[name] = torch.from_numpy(numpy.frombuffer(raw, '<f8', count, at).copy().reshape(shape))
    at += 8 * count
`;

const AFTER = `
for name, tensor in outputs.items():
    array = numpy.ascontiguousarray(tensor.detach().to(torch.float64).numpy(), '<f8')
    print(json.dumps([name, list(tensor.shape), base64.b64encode(array.tobytes()).decode()]))
`;

/** Runs a script that reads the dict `inputs` and fills the dict `outputs`, both of float64 tensors. */
export function runTorch(
  script: string,
  inputs: Readonly<Record<string, Tensor64>>,
): Record<string, Tensor64> {
  const names = Object.entries(inputs);
  const header = new TextEncoder().encode(JSON.stringify(names.map(([name, { shape }]) => [name, shape])));
  const chunks = [
    new Uint8Array(Uint32Array.of(header.length).buffer),
    header,
    ...names.map(([, { data }]) => new Uint8Array(data.slice().buffer)),
  ];
  const lines = runPython(BEFORE + script + AFTER, [], Buffer.concat(chunks))
    .trim()
    .split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [name, shape, text] = JSON.parse(line) as [string, number[], string];
      const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
      return [name, tensor64(shape, new Float64Array(bytes.buffer))];
    }),
  );
}
