/**
 * Writes a graph as an ONNX model (IR 8, opset 17), with parameters as inputs (for training) or as initialisers
 * (a finished network that any ONNX runtime loads).
 */
import { create, toBinary } from '@bufbuild/protobuf';
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  OperatorSetIdProtoSchema,
  StringStringEntryProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  TensorShapeProto_DimensionSchema,
  TensorShapeProtoSchema,
  TypeProto_TensorSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
} from 'onnx-buf';
import { AutogradError, formatShape } from '../errors.ts';
import type { AttributeValue, ElementType, Graph, GraphConstant, GraphNode, Value } from '../graph/graph.ts';
import {
  type StoredParameter,
  type StoredTensor,
  storeParameter,
  type WeightStorage,
} from './weight-storage.ts';

export const ONNX_OPSET = 17;

const ELEMENT_TYPES: Record<ElementType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

type TensorData = GraphConstant['data'] | StoredTensor['data'];

/** What a tensor of the file is made of, told by its array. */
function elementTypeOf(data: TensorData): TensorProto_DataType {
  if (data instanceof BigInt64Array) return TensorProto_DataType.INT64;
  if (data instanceof Uint16Array) return TensorProto_DataType.FLOAT16;
  return data instanceof Int8Array ? TensorProto_DataType.INT8 : TensorProto_DataType.FLOAT;
}

/** What an ONNX model is written from; a `Graph` is one. */
export type ModelSource = Pick<Graph, 'nodes' | 'inputs' | 'outputs' | 'parameters' | 'constants'>;

export interface EncodeModelOptions {
  /** Values of the parameters; they become initialisers. Without, parameters are inputs. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** How the kernels of `weights` are kept in the file: `float16` halves it, `int8` quarters it. Default `float32`. */
  readonly storage?: WeightStorage;
  /** Leaves the first axis of inputs and outputs open, named `batch`. */
  readonly dynamicBatch?: boolean;
  /** Key and value texts kept in the model: recipe, label names, normalisation. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly description?: string;
}

/** @returns the bytes of a `.onnx` file */
export function encodeModel(graph: ModelSource, options: EncodeModelOptions = {}): Uint8Array {
  const domains = [...new Set(graph.nodes.map((node) => node.domain))].filter((domain) => domain !== '');
  const describe = (value: Value) => valueInfo(value, options.dynamicBatch ?? false);
  const parameterInputs = options.weights ? [] : graph.parameters.map(({ value }) => valueInfo(value, false));
  const stored = options.weights
    ? storedParameters(graph, options.weights, options.storage ?? 'float32')
    : [];
  if (!options.weights && options.storage !== undefined) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `encodeModel(): storage ${options.storage} needs weights to store`,
    );
  }
  const model = create(ModelProtoSchema, {
    irVersion: 8n,
    producerName: 'onnx-autograd',
    docString: options.description ?? '',
    opsetImport: [
      create(OperatorSetIdProtoSchema, { domain: '', version: BigInt(ONNX_OPSET) }),
      ...domains.map((domain) => create(OperatorSetIdProtoSchema, { domain, version: 1n })),
    ],
    metadataProps: Object.entries(options.metadata ?? {}).map(([key, value]) =>
      create(StringStringEntryProtoSchema, { key, value }),
    ),
    graph: create(GraphProtoSchema, {
      name: options.name ?? 'graph',
      node: [...stored.flatMap(({ nodes }) => nodes), ...resultsReversed(foldOutputs(graph))].map(node),
      input: [...graph.inputs.map(describe), ...parameterInputs],
      output: graph.outputs.map(describe),
      initializer: [...stored.flatMap(({ tensors }) => tensors).map(tensor), ...graph.constants.map(tensor)],
    }),
  });
  return toBinary(ModelProtoSchema, model);
}

function storedParameters(
  graph: ModelSource,
  weights: ReadonlyMap<string, Float32Array>,
  storage: WeightStorage,
): StoredParameter[] {
  return graph.parameters.map(({ value }) => {
    const data = weights.get(value.name);
    if (data === undefined) {
      throw new AutogradError('BAD_ARGUMENT', `encodeModel(): no weights for parameter ${value.name}`);
    }
    const count = value.shape.reduce((a, b) => a * b, 1);
    if (data.length !== count) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `encodeModel(): parameter ${value.name} (${formatShape(value.shape)}) needs ${count} values, got ${data.length}`,
      );
    }
    return storeParameter(value, data, storage);
  });
}

/**
 * `Graph.output` copies a tensor to its public name. Where that tensor has no other public name, its node is made
 * to write under the public name directly, and the copy is saved.
 */
function foldOutputs(graph: ModelSource): GraphNode[] {
  const outputNames = new Set(graph.outputs.map((value) => value.name));
  const produced = new Set(graph.nodes.flatMap((n) => n.outputs));
  const publicNames = new Map<string, string>();
  for (const { op, inputs, outputs } of graph.nodes) {
    const [source, name] = [inputs[0]!, outputs[0]!];
    if (op !== 'Identity' || !outputNames.has(name)) continue;
    if (produced.has(source) && !outputNames.has(source) && !publicNames.has(source))
      publicNames.set(source, name);
  }
  const rename = (name: string) => publicNames.get(name) ?? name;
  return graph.nodes
    .filter((n) => !(n.op === 'Identity' && publicNames.get(n.inputs[0]!) === n.outputs[0]))
    .map((n) => ({ ...n, inputs: n.inputs.map(rename), outputs: n.outputs.map(rename) }));
}

/**
 * Moves the nodes whose results nothing in the graph reads to the end, the last one first.
 *
 * ONNX Runtime orders nodes itself: it takes such results from the last one in the file to the first, each after all
 * that it depends on. Of a training step they are the parameters' gradients, here made in the order in which
 * backpropagation comes by them. The other way round the gradients of all activations would be made first, for
 * the sake of the first layer, and be kept until the other layers' turn: measured, nearly twice the memory.
 */
function resultsReversed(nodes: readonly GraphNode[]): GraphNode[] {
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const isRead = ({ outputs }: GraphNode) => outputs.some((name) => read.has(name));
  return [...nodes.filter(isRead), ...nodes.filter((n) => !isRead(n)).reverse()];
}

function node(n: GraphNode) {
  return create(NodeProtoSchema, {
    name: n.name,
    opType: n.op,
    domain: n.domain,
    input: [...n.inputs],
    output: [...n.outputs],
    attribute: Object.entries(n.attributes).map(([name, value]) => attribute(name, value)),
  });
}

function attribute(name: string, value: AttributeValue) {
  if (typeof value === 'string') {
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  }
  if (typeof value === 'number') {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
  }
  if ('float' in value) {
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  }
  return create(AttributeProtoSchema, {
    name,
    type: AttributeProto_AttributeType.INTS,
    ints: value.map((n) => BigInt(n)),
  });
}

function tensor({ name, shape, data }: { name: string; shape: readonly number[]; data: TensorData }) {
  return create(TensorProtoSchema, {
    name,
    dataType: elementTypeOf(data),
    dims: shape.map((n) => BigInt(n)),
    rawData: new Uint8Array(data.slice().buffer),
  });
}

function valueInfo(value: Value, dynamicBatch: boolean) {
  return create(ValueInfoProtoSchema, {
    name: value.name,
    type: create(TypeProtoSchema, {
      value: {
        case: 'tensorType',
        value: create(TypeProto_TensorSchema, {
          elemType: ELEMENT_TYPES[value.type],
          shape: create(TensorShapeProtoSchema, {
            dim: value.shape.map((n, axis) =>
              create(TensorShapeProto_DimensionSchema, {
                value:
                  dynamicBatch && axis === 0
                    ? { case: 'dimParam', value: 'batch' }
                    : { case: 'dimValue', value: BigInt(n) },
              }),
            ),
          }),
        }),
      },
    }),
  });
}
