/**
 * A network's nodes to the GraphDef that TensorBoard's Graphs tab draws.
 *
 * Slashes in node names make the boxes that open on a double click; the `_output_shapes` attribute labels the
 * edges with tensor shapes. Field numbers from `graph.proto`, `node_def.proto` and `attr_value.proto` of
 * TensorBoard's compat protos; names as `NodeDef` prescribes.
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import { TensorBoardError } from './errors.ts';
import { writeShape } from './tensor.ts';
import { encodeMessage, writeMessage, writePacked, writeString } from './wire.ts';

/** One operation of a network. */
export interface GraphNode {
  /** Unique, scoped by slashes: `encoder/level1/conv1`. Letters, digits and `_ . > - /`. */
  readonly name: string;
  /** What it computes: `Conv`, `Relu`, `Placeholder`. */
  readonly op: string;
  /** Node names; `name:1` is a node's second output, `^name` an order without data. */
  readonly inputs: readonly string[];
  /** Shown beside the node. Whole numbers are written as ints. TensorBoard hides those over 1024 bytes. */
  readonly attributes?: Readonly<Record<string, GraphAttribute>>;
  /** One shape for each output; -1 is an unknown size. */
  readonly outputShapes?: readonly (readonly number[])[];
}

export type GraphAttribute = number | string | boolean | readonly number[];

const NODE_NAME = /^[A-Za-z0-9.][A-Za-z0-9_.>-]*(\/[A-Za-z0-9_.>-]+)*$/;
const OUTPUT_SHAPES = '_output_shapes';
/** GraphDef version of TensorFlow 1.0 and of every writer since that uses no newer feature. */
const PRODUCER_VERSION = 22;

/**
 * Bytes of a GraphDef, for `EventWriter.graph`. Nodes may come in any order.
 *
 * @throws TensorBoardError BAD_GRAPH when a name is used twice or cannot be shown, an input names no node or no
 * output of it, a shape has a size below -1, or an attribute is called `_output_shapes`.
 */
export function encodeGraphDef(nodes: readonly GraphNode[]): Uint8Array {
  checkGraph(nodes);
  return encodeMessage((graph) => {
    for (const node of nodes) {
      writeMessage(graph, 1, (writer) => writeNode(writer, node));
    }
    writeMessage(graph, 4, (versions) => versions.tag(1, WireType.Varint).int32(PRODUCER_VERSION));
  });
}

function writeNode(writer: BinaryWriter, node: GraphNode): void {
  writeString(writer, 1, node.name);
  writeString(writer, 2, node.op);
  for (const input of node.inputs) {
    writeString(writer, 3, input);
  }
  for (const [key, value] of Object.entries(node.attributes ?? {})) {
    writeAttribute(writer, key, (attribute) => writeAttributeValue(attribute, value));
  }
  const shapes = node.outputShapes;
  if (shapes !== undefined) {
    writeAttribute(writer, OUTPUT_SHAPES, (attribute) =>
      writeMessage(attribute, 1, (list) => {
        for (const shape of shapes) {
          writeMessage(list, 7, (nested) => writeShape(nested, shape));
        }
      }),
    );
  }
}

/** One entry of the map<string, AttrValue>. */
function writeAttribute(writer: BinaryWriter, key: string, write: (attribute: BinaryWriter) => void): void {
  writeMessage(writer, 5, (entry) => {
    writeString(entry, 1, key);
    writeMessage(entry, 2, write);
  });
}

function writeAttributeValue(writer: BinaryWriter, value: GraphAttribute): void {
  if (typeof value === 'string') {
    writer.tag(2, WireType.LengthDelimited).string(value);
  } else if (typeof value === 'boolean') {
    writer.tag(5, WireType.Varint).bool(value);
  } else if (typeof value !== 'number') {
    writeMessage(writer, 1, (list) => {
      if (value.every(Number.isSafeInteger)) {
        writePacked(list, 3, value, (packed, element) => packed.int64(element));
      } else {
        writePacked(list, 4, value, (packed, element) => packed.float(Math.fround(element)));
      }
    });
  } else if (Number.isSafeInteger(value)) {
    writer.tag(3, WireType.Varint).int64(value);
  } else {
    writer.tag(4, WireType.Bit32).float(Math.fround(value));
  }
}

function checkGraph(nodes: readonly GraphNode[]): void {
  const byName = new Map<string, GraphNode>();
  for (const node of nodes) {
    if (!NODE_NAME.test(node.name)) {
      throw badGraph(
        `"${node.name}" is no node name: use letters, digits and _ . > - with single slashes between scopes`,
      );
    }
    if (byName.has(node.name)) {
      throw badGraph(`two nodes are called "${node.name}"; names must be unique`);
    }
    if (node.op === '') {
      throw badGraph(`node "${node.name}" has no op`);
    }
    if (node.attributes !== undefined && OUTPUT_SHAPES in node.attributes) {
      throw badGraph(`node "${node.name}": give shapes as outputShapes, not as attribute ${OUTPUT_SHAPES}`);
    }
    for (const shape of node.outputShapes ?? []) {
      if (!shape.every((size) => Number.isSafeInteger(size) && size >= -1)) {
        throw badGraph(
          `node "${node.name}": [${shape.join(', ')}] is no shape; sizes are whole numbers, or -1`,
        );
      }
    }
    byName.set(node.name, node);
  }
  for (const node of nodes) {
    for (const input of node.inputs) {
      checkInput(node.name, input, byName);
    }
  }
}

function checkInput(name: string, input: string, byName: ReadonlyMap<string, GraphNode>): void {
  const [, source, output] = /^\^?([^:^]*)(?::(\d+))?$/.exec(input) ?? [];
  const node = source === undefined ? undefined : byName.get(source);
  if (node === undefined) {
    throw badGraph(`node "${name}" has input "${input}", but there is no such node`);
  }
  const outputs = node.outputShapes?.length;
  if (output !== undefined && outputs !== undefined && Number(output) >= outputs) {
    throw badGraph(`node "${name}" has input "${input}", but "${node.name}" has ${outputs} outputs`);
  }
}

function badGraph(problem: string): TensorBoardError {
  return new TensorBoardError('BAD_GRAPH', `graph: ${problem}`);
}
