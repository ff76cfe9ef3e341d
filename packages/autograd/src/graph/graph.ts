/**
 * A computation as a list of ONNX nodes with known shapes, and the tape that differentiates it.
 *
 * Every operator function (`operators/`) does two things: it emits ONNX nodes, and it records how a gradient of
 * its output becomes gradients of its inputs. `backward` then walks the tape in reverse and emits the gradient's
 * nodes into the same graph, so forward and backward are one ONNX model. Shapes are static: the runtime can plan
 * all memory ahead, and errors name the operator and its shapes when the graph is built, not when it runs.
 */
import { AutogradError, formatShape } from '../errors.ts';
import type { Initialiser } from './initialiser.ts';

export type ElementType = 'float32' | 'int64' | 'bool';

/** A tensor of the graph: NC followed by the spatial axes wherever an operator speaks of channels. */
export interface Value {
  readonly graph: Graph;
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  /** Whether a parameter lies upstream. */
  readonly differentiable: boolean;
}

/** An attribute that ONNX wants as a float even where the number is whole. */
export interface FloatAttribute {
  readonly float: number;
}

export type AttributeValue = number | readonly number[] | string | FloatAttribute;

export interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

export interface Parameter {
  readonly value: Value;
  readonly initialiser: Initialiser;
  /** False for running statistics, which are carried along but not optimised. */
  readonly trainable: boolean;
  /** Whether weight decay applies: kernels yes, biases and scales no. */
  readonly decay: boolean;
}

export interface GraphConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: ElementType;
  readonly data: Float32Array | BigInt64Array;
}

/** Gradients for each input of an operator, `undefined` where `needs` says that none is wanted. */
export type GradientRule = (
  outputGradient: Value,
  needs: readonly boolean[],
) => readonly (Value | undefined)[];

interface TapeEntry {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly rule: GradientRule;
}

/** What dropout and normalisation do: draw masks and use batch statistics, or neither. */
export type GraphMode = 'training' | 'inference';

export class Graph {
  readonly mode: GraphMode;
  readonly nodes: GraphNode[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  readonly parameters: Parameter[] = [];
  readonly constants: GraphConstant[] = [];
  private readonly values = new Map<string, Value>();
  /** New values of non-trainable parameters, by parameter name. */
  readonly stateUpdates = new Map<string, Value>();
  /** Logits at lower resolutions that a loss of their own trains (deep supervision), the finest first. */
  readonly sideOutputs: Value[] = [];
  /** Dropout masks that the caller must draw: input name to keep probability. */
  readonly dropoutInputs = new Map<string, number>();
  private readonly tape: TapeEntry[] = [];
  private readonly constantNames = new Map<string, Value>();
  private readonly usedNames = new Set<string>();
  private readonly nameCounts = new Map<string, number>();
  private scopes: string[] = [];

  constructor(options: { mode: GraphMode }) {
    this.mode = options.mode;
  }

  /** Runs `build` with `name/` before the names of all that it makes. */
  scope<T>(name: string, build: () => T): T {
    this.scopes.push(name);
    try {
      return build();
    } finally {
      this.scopes.pop();
    }
  }

  /** `name` inside the current scope. */
  scopedName(name: string): string {
    return [...this.scopes, name].join('/');
  }

  input(name: string, shape: readonly number[]): Value {
    const value = this.newValue(this.claim(name), shape, 'float32', false);
    this.inputs.push(value);
    return value;
  }

  /** A trainable tensor, named within the current scope. */
  parameter(
    name: string,
    shape: readonly number[],
    initialiser: Initialiser,
    options: { trainable?: boolean; decay?: boolean } = {},
  ): Value {
    const trainable = options.trainable ?? true;
    const value = this.newValue(this.claim(this.scopedName(name)), shape, 'float32', trainable);
    this.parameters.push({ value, initialiser, trainable, decay: options.decay ?? true });
    return value;
  }

  /** A float constant; equal constants are stored once. */
  constant(data: readonly number[] | Float32Array, shape: readonly number[]): Value {
    return this.addConstant('float32', Float32Array.from(data), shape);
  }

  /** An int64 constant, as shape and axis operands are. */
  integers(data: readonly number[], shape: readonly number[] = [data.length]): Value {
    return this.addConstant('int64', BigInt64Array.from(data, BigInt), shape);
  }

  scalar(value: number): Value {
    return this.constant([value], []);
  }

  /** The tensor of a name. @throws AutogradError BAD_ARGUMENT when the graph has none of that name */
  valueOf(name: string): Value {
    const value = this.values.get(name);
    if (value === undefined) throw new AutogradError('BAD_ARGUMENT', `the graph has no tensor named ${name}`);
    return value;
  }

  /** Marks a value as an output of the model, under its own name. */
  output(name: string, value: Value): Value {
    const out = this.newValue(this.claim(name), value.shape, value.type, false);
    this.nodes.push({
      name: `${name}/Identity`,
      op: 'Identity',
      domain: '',
      inputs: [value.name],
      outputs: [name],
      attributes: {},
    });
    this.outputs.push(out);
    return out;
  }

  /**
   * Emits one ONNX node with one output. `inputs` may hold `undefined` for optional operands left out.
   * Says nothing of gradients: operator functions add them with `record`.
   */
  emit(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: readonly number[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    options: { domain?: string; type?: ElementType } = {},
  ): Value {
    const foreign = inputs.find((v) => v !== undefined && v.graph !== this);
    if (foreign !== undefined) {
      throw new AutogradError('BAD_ARGUMENT', `${op}: ${foreign.name} belongs to another graph`);
    }
    const name = this.claim(this.uniqueName(this.scopedName(op)));
    const differentiable = inputs.some((v) => v?.differentiable === true);
    const value = this.newValue(name, shape, options.type ?? 'float32', differentiable);
    this.nodes.push({
      name,
      op,
      domain: options.domain ?? '',
      inputs: inputs.map((v) => v?.name ?? ''),
      outputs: [name],
      attributes,
    });
    return value;
  }

  /** Tells how the gradient of `output` flows to `inputs`. */
  record(inputs: readonly Value[], output: Value, rule: GradientRule): Value {
    if (output.differentiable) this.tape.push({ inputs, output, rule });
    return output;
  }

  /**
   * Emits the nodes of d `loss` / d `parameter` for every trainable parameter.
   *
   * @param loss a scalar
   * @returns gradients by parameter name; a parameter that the loss does not depend on is an error
   */
  backward(loss: Value): Map<string, Value> {
    if (loss.shape.length !== 0) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `backward() needs a scalar loss, got ${formatShape(loss.shape)}`,
      );
    }
    return this.scope('gradient', () => {
      const pending = new Map<string, Value[]>([[loss.name, [this.scalar(1)]]]);
      for (let t = this.tape.length - 1; t >= 0; t--) {
        const { inputs, output, rule } = this.tape[t]!;
        const parts = pending.get(output.name);
        if (parts === undefined) continue;
        pending.delete(output.name);
        const gradients = this.scope(output.name, () =>
          rule(
            this.sum(parts),
            inputs.map((v) => v.differentiable),
          ),
        );
        for (let i = 0; i < inputs.length; i++) {
          const input = inputs[i]!;
          const gradient = gradients[i];
          if (!input.differentiable || gradient === undefined) continue;
          if (formatShape(gradient.shape) !== formatShape(input.shape)) {
            throw new AutogradError(
              'SHAPE_MISMATCH',
              `internal: gradient of ${input.name} is ${formatShape(gradient.shape)}, not ${formatShape(input.shape)}`,
            );
          }
          const list = pending.get(input.name);
          if (list === undefined) pending.set(input.name, [gradient]);
          else list.push(gradient);
        }
      }
      const result = new Map<string, Value>();
      for (const { value, trainable } of this.parameters) {
        if (!trainable) continue;
        const parts = pending.get(value.name);
        if (parts === undefined) {
          throw new AutogradError(
            'NOT_DIFFERENTIABLE',
            `the loss does not depend on parameter ${value.name} (${formatShape(value.shape)})`,
          );
        }
        result.set(value.name, this.sum(parts));
      }
      return result;
    });
  }

  private sum(parts: readonly Value[]): Value {
    const first = parts[0]!;
    return parts.length === 1 ? first : this.emit('Sum', parts, first.shape);
  }

  private newValue(
    name: string,
    shape: readonly number[],
    type: ElementType,
    differentiable: boolean,
  ): Value {
    // An integer operand may be empty: it is the shape of a scalar.
    const least = type === 'int64' ? 0 : 1;
    if (!shape.every((n) => Number.isInteger(n) && n >= least)) {
      throw new AutogradError('SHAPE_MISMATCH', `${name}: no tensor can have shape ${formatShape(shape)}`);
    }
    const value = { graph: this, name, shape, type, differentiable };
    this.values.set(name, value);
    return value;
  }

  private addConstant(
    type: ElementType,
    data: Float32Array | BigInt64Array,
    shape: readonly number[],
  ): Value {
    const key = data.length > 64 ? undefined : `${type}:${shape.join(',')}:${data.join(',')}`;
    const known = key === undefined ? undefined : this.constantNames.get(key);
    if (known !== undefined) return known;
    const count = shape.reduce((a, b) => a * b, 1);
    if (count !== data.length) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `constant of ${formatShape(shape)} needs ${count} values, got ${data.length}`,
      );
    }
    const name = this.claim(`constant_${this.constants.length}`);
    this.constants.push({ name, shape, type, data });
    const value = this.newValue(name, shape, type, false);
    if (key !== undefined) this.constantNames.set(key, value);
    return value;
  }

  private uniqueName(base: string): string {
    const times = this.nameCounts.get(base) ?? 0;
    this.nameCounts.set(base, times + 1);
    return times === 0 ? base : `${base}_${times}`;
  }

  private claim(name: string): string {
    if (this.usedNames.has(name)) {
      throw new AutogradError('DUPLICATE_NAME', `the graph already has something named ${name}; use a scope`);
    }
    this.usedNames.add(name);
    return name;
  }
}
