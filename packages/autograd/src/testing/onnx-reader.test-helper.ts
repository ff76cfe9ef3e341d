/**
 * ONNX files read by others: Debian's python3-onnx checks the file and infers its shapes, and a small interpreter in
 * PyTorch, which knows nothing of ours, computes the network in float64 from what the file says.
 */
import { runPython } from '../../../../test/python-oracle.ts';

export interface ReadModel {
  readonly opset: number;
  readonly inputs: Readonly<Record<string, (string | number)[]>>;
  readonly outputs: Readonly<Record<string, (string | number)[]>>;
  /** Names of initialisers and of what nodes make. */
  readonly tensors: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Of the first output, for the image given. */
  readonly result: readonly number[];
}

const script = `
import json, sys
import numpy, onnx, torch
import torch.nn.functional as F
from onnx import numpy_helper
raw = sys.stdin.buffer.read()
shape = json.loads(sys.argv[1])
length = int(sys.argv[2])
model = onnx.load_from_string(raw[:length])
onnx.checker.check_model(model, full_check=True)
inferred = onnx.shape_inference.infer_shapes(model, strict_mode=True)
image = torch.from_numpy(numpy.frombuffer(raw[length:], '<f4').reshape(shape).astype('f8'))

def tensor(t):
    array = numpy_helper.to_array(t)
    return torch.from_numpy(array.astype('f8' if array.dtype.kind == 'f' else 'i8'))
def dims(value):
    return [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
def symmetric(pads):
    half = len(pads) // 2
    assert pads[:half] == pads[half:], pads
    return pads[:half]
def run(node, x):
    a = {k.name: onnx.helper.get_attribute_value(k) for k in node.attribute}
    op, first = node.op_type, x[0]
    space = first.dim() - 2
    if op in ('Conv', 'ConvTranspose'):
        f = getattr(F, ('conv_transpose' if op == 'ConvTranspose' else 'conv') + str(space) + 'd')
        window = {'stride': a['strides'], 'padding': symmetric(a['pads']), 'dilation': a['dilations'], 'groups': a['group']}
        return f(first, x[1], x[2] if len(x) > 2 else None, **window)
    if op == 'MaxPool': return getattr(F, 'max_pool%dd' % space)(first, a['kernel_shape'], a['strides'])
    if op == 'Relu': return F.relu(first)
    if op == 'LeakyRelu': return F.leaky_relu(first, a['alpha'])
    if op == 'Sigmoid': return torch.sigmoid(first)
    if op == 'Softmax': return torch.softmax(first, a['axis'])
    if op == 'InstanceNormalization': return F.instance_norm(first, weight=x[1], bias=x[2], eps=a['epsilon'])
    if op == 'BatchNormalization': return F.batch_norm(first, x[3], x[4], x[1], x[2], eps=a['epsilon'])
    if op == 'Resize':
        assert (a['mode'], a['nearest_mode'], a['coordinate_transformation_mode']) == (b'nearest', b'floor', b'asymmetric')
        return F.interpolate(first, scale_factor=x[2][2:].tolist(), mode='nearest')
    if op == 'Concat': return torch.cat(x, a['axis'])
    if op == 'Slice':
        for start, end, axis in zip(x[1].tolist(), x[2].tolist(), x[3].tolist()): first = first.narrow(axis, start, end - start)
        return first
    if op == 'Reshape': return first.reshape([first.shape[i] if n == 0 else n for i, n in enumerate(x[1].tolist())])
    if op == 'Transpose': return first.permute(a['perm'])
    if op == 'MatMul': return first @ x[1]
    if op == 'Mul': return first * x[1]
    if op == 'Add': return first + x[1]
    if op == 'Cast': return first.to({onnx.TensorProto.FLOAT: torch.float64}[a['to']])
    raise Exception('no ' + node.domain + '.' + op)

known = {t.name: tensor(t) for t in model.graph.initializer}
known[model.graph.input[0].name] = image
for node in model.graph.node:
    known[node.output[0]] = run(node, [known[name] if name else None for name in node.input])
print(json.dumps({
    'opset': next(o.version for o in model.opset_import if o.domain == ''),
    'inputs': {v.name: dims(v) for v in model.graph.input},
    'outputs': {v.name: dims(v) for v in inferred.graph.output},
    'tensors': list(known),
    'metadata': {p.key: p.value for p in model.metadata_props},
    'result': known[model.graph.output[0].name].reshape(-1).tolist(),
}))
`;

/** @param shape of the image, [N, C, ...space] */
export function readWithPython(model: Uint8Array, image: Float32Array, shape: readonly number[]): ReadModel {
  const bytes = Buffer.concat([model, new Uint8Array(image.slice().buffer)]);
  return JSON.parse(runPython(script, [JSON.stringify(shape), String(model.length)], bytes)) as ReadModel;
}
