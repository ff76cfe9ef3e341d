/**
 * Runs a graph forward over any number of images, with weights that may change between calls: prediction,
 * evaluation and a look at activations while a network is being trained.
 */
import type { InferenceSession } from 'onnxruntime-common';
import { AutogradError, formatShape } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { probeBlockSize } from '../lowering/probe-block-size.ts';
import { encodeSplit, SplitSession } from '../lowering/split-session.ts';
import { elementCount } from '../operators/shape.ts';
import type { Feeds, Runtime } from '../runtime/runtime.ts';
import { chunkOf } from './chunk.ts';

export class ForwardPass {
  readonly graph: Graph;
  private readonly runtime: Runtime;
  private readonly session: SplitSession;
  private readonly chunkSize: number;

  private constructor(runtime: Runtime, graph: Graph, session: SplitSession) {
    this.runtime = runtime;
    this.graph = graph;
    this.session = session;
    this.chunkSize = graph.inputs[0]!.shape[0]!;
  }

  /** @param graph every input and output has the images as its first axis; its length is the chunk's size */
  static async create(
    runtime: Runtime,
    graph: Graph,
    session: InferenceSession.SessionOptions = {},
  ): Promise<ForwardPass> {
    const model = encodeSplit(graph, await probeBlockSize(runtime, session));
    return new ForwardPass(runtime, graph, await SplitSession.create(runtime, model, session));
  }

  /**
   * @param inputs by input name, `size` images each
   * @param weights by parameter name
   * @returns by output name, `size` images each
   * @throws AutogradError SHAPE_MISMATCH when an input is missing or does not hold `size` images
   */
  async run(
    inputs: Readonly<Record<string, Float32Array>>,
    size: number,
    weights: ReadonlyMap<string, Float32Array>,
  ): Promise<Record<string, Float32Array>> {
    const { Tensor } = this.runtime;
    const parameters: Feeds = {};
    for (const { value } of this.graph.parameters) {
      const data = weights.get(value.name);
      if (data === undefined) {
        throw new AutogradError('BAD_ARGUMENT', `no weights for parameter ${value.name}`);
      }
      parameters[value.name] = new Tensor('float32', data, value.shape);
    }
    for (const { name, shape } of this.graph.inputs) {
      const wanted = size * elementCount(shape.slice(1));
      if (inputs[name]?.length !== wanted) {
        throw new AutogradError(
          'SHAPE_MISMATCH',
          `${size} images of input ${name} (${formatShape(shape.slice(1))}) need ${wanted} values, got ${inputs[name]?.length ?? 'none'}`,
        );
      }
    }
    const results: Record<string, Float32Array> = {};
    await this.session.useWeights(parameters);
    for (let start = 0; start < size; start += this.chunkSize) {
      const count = Math.min(this.chunkSize, size - start);
      const feeds: Feeds = {};
      for (const { name, shape } of this.graph.inputs) {
        const each = elementCount(shape.slice(1));
        const data = chunkOf(inputs[name]!, start, count, each, this.chunkSize);
        feeds[name] = new Tensor('float32', data, shape);
      }
      const outputs = await this.session.run(feeds);
      for (const { name, shape } of this.graph.outputs) {
        const each = elementCount(shape.slice(1));
        const data = outputs[name]!.data as Float32Array;
        if (size === this.chunkSize) {
          // One full chunk is the result as it is.
          results[name] = data;
          continue;
        }
        results[name] ??= new Float32Array(size * each);
        results[name].set(data.subarray(0, count * each), start * each);
      }
    }
    return results;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
