/**
 * What rewritings of a graph into another memory layout share: every tensor of the given graph exists in the new
 * one in the plain layout, in the other, or in both, and is brought from one to the other where a node asks for it.
 */
import { formatShape } from '../errors.ts';
import { Graph, type GraphConstant, type GraphNode, type Value } from '../graph/graph.ts';

/** A tensor of the given graph in the new one. */
interface Forms {
  plain?: Value;
  other?: Value;
}

/** Operators of one output element for each input element; operands have one shape or are scalars. */
const ELEMENTWISE = new Set(['Relu', 'LeakyRelu', 'HardSigmoid', 'Add', 'Sub', 'Mul', 'Div', 'Sum', 'Max']);

export abstract class LayoutRewriter {
  protected readonly source: Graph;
  protected readonly target: Graph;
  private readonly forms = new Map<string, Forms>();
  private readonly constants: ReadonlyMap<string, GraphConstant>;
  private readonly readers = new Map<string, GraphNode[]>();

  constructor(source: Graph) {
    this.source = source;
    this.target = new Graph({ mode: source.mode });
    this.constants = new Map(source.constants.map((constant) => [constant.name, constant]));
    for (const node of source.nodes) {
      for (const name of new Set(node.inputs)) {
        this.readers.set(name, [...(this.readers.get(name) ?? []), node]);
      }
    }
  }

  /** Puts the result of a node in the new graph, with `setPlain` or `setOther`. */
  protected abstract lower(node: GraphNode, name: string): void;
  protected abstract toOther(plain: Value): Value;
  /** @param shape of the plain form */
  protected abstract toPlain(other: Value, shape: readonly number[]): Value;

  /** @returns the same inputs, parameters and outputs */
  rewrite(): Graph {
    const { source, target } = this;
    for (const { name, shape } of source.inputs) this.setPlain(name, target.input(name, shape));
    for (const { value, initialiser, ...options } of source.parameters) {
      this.setPlain(value.name, target.parameter(value.name, value.shape, initialiser, options));
    }
    for (const { name, shape, data } of source.constants) {
      const plain =
        data instanceof BigInt64Array
          ? target.integers(Array.from(data, Number), shape)
          : target.constant(data, shape);
      this.setPlain(name, plain);
    }
    const outputs = new Set(source.outputs.map(({ name }) => name));
    for (const node of source.nodes) {
      const name = node.outputs[0]!;
      if (outputs.has(name)) target.output(name, this.plain(node.inputs[0]!));
      else if (!this.forms.has(name)) this.lowerInScope(node, name);
    }
    for (const [name, value] of source.stateUpdates) target.stateUpdates.set(name, this.plain(value.name));
    for (const [name, keep] of source.dropoutInputs) target.dropoutInputs.set(name, keep);
    return target;
  }

  protected setPlain(name: string, plain: Value): void {
    this.forms.set(name, { plain });
  }

  protected setOther(name: string, other: Value): void {
    this.forms.set(name, { other });
  }

  protected plain(name: string): Value {
    const forms = this.forms.get(name)!;
    forms.plain ??= this.toPlain(forms.other!, this.source.valueOf(name).shape);
    return forms.plain;
  }

  protected other(name: string): Value {
    const forms = this.forms.get(name)!;
    forms.other ??= this.toOther(forms.plain!);
    return forms.other;
  }

  protected hasPlain(name: string): boolean {
    return this.forms.get(name)?.plain !== undefined;
  }

  protected hasOther(name: string): boolean {
    return this.forms.get(name)?.other !== undefined;
  }

  /** The ReLU that is the only reader of a node's result; a rewriting does it with the node. */
  protected onlyRelu(name: string): GraphNode | undefined {
    const readers = this.readers.get(name) ?? [];
    return readers.length === 1 && readers[0]!.op === 'Relu' ? readers[0] : undefined;
  }

  /** The numbers of a constant of the given graph. */
  protected numbers(name: string): number[] {
    return Array.from(this.constants.get(name)!.data, Number);
  }

  /** The node as it is, on plain operands. */
  protected copy({ op, domain, inputs, outputs, attributes }: GraphNode): Value {
    const { shape, type } = this.source.valueOf(outputs[0]!);
    const operands = inputs.map((name) => (name === '' ? undefined : this.plain(name)));
    return this.target.emit(op, operands, shape, attributes, { domain, type });
  }

  /**
   * An elementwise node in the other layout, if one of its operands has it already; undefined where it is no such
   * node.
   *
   * @param shape of the result in the other layout
   */
  protected elementwise(
    { op, inputs, outputs, attributes }: GraphNode,
    shape: readonly number[],
  ): Value | undefined {
    if (!ELEMENTWISE.has(op) || !inputs.some((name) => this.hasOther(name))) return undefined;
    const result = formatShape(this.source.valueOf(outputs[0]!).shape);
    const operands = inputs.map((name) => this.source.valueOf(name));
    if (!operands.every((v) => v.shape.length === 0 || formatShape(v.shape) === result)) return undefined;
    const forms = operands.map((v) => (v.shape.length === 0 ? this.plain(v.name) : this.other(v.name)));
    return this.target.emit(op, forms, shape, attributes);
  }

  private lowerInScope(node: GraphNode, name: string): void {
    const scope = node.name.includes('/') ? node.name.slice(0, node.name.lastIndexOf('/')) : undefined;
    const lower = () => this.lower(node, name);
    if (scope === undefined) lower();
    else this.target.scope(scope, lower);
  }
}
