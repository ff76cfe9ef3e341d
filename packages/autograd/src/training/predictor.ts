/** Runs a network forward with weights that may change between calls, as a training's own evaluation needs. */
import type { InferenceSession } from 'onnxruntime-common';
import { AutogradError } from '../errors.ts';
import type { Graph } from '../graph/graph.ts';
import { elementCount } from '../operators/shape.ts';
import { createSession, type Feeds, type Runtime } from '../runtime/runtime.ts';
import { buildInferenceGraph, type Network } from './network.ts';
import { chunkOf } from './trainer.ts';

export class Predictor {
  readonly graph: Graph;
  private readonly runtime: Runtime;
  private readonly session: InferenceSession;
  private readonly chunkSize: number;

  private constructor(runtime: Runtime, graph: Graph, session: InferenceSession) {
    this.runtime = runtime;
    this.graph = graph;
    this.session = session;
    this.chunkSize = graph.inputs[0]!.shape[0]!;
  }

  static async create(options: {
    network: Network;
    runtime: Runtime;
    chunkSize?: number;
    session?: InferenceSession.SessionOptions;
  }): Promise<Predictor> {
    const graph = buildInferenceGraph(options.network, options.chunkSize ?? 10);
    return new Predictor(
      options.runtime,
      graph,
      await createSession(options.runtime, graph, options.session ?? {}),
    );
  }

  /**
   * @param images [size, ...network.inputShape]
   * @returns probabilities [size, K, ...spatial]
   */
  async predict(
    images: Float32Array,
    size: number,
    weights: ReadonlyMap<string, Float32Array>,
  ): Promise<Float32Array> {
    const { Tensor } = this.runtime;
    const input = this.graph.inputs[0]!;
    const output = this.graph.outputs[0]!;
    const inputSize = elementCount(input.shape.slice(1));
    const outputSize = elementCount(output.shape.slice(1));
    if (images.length !== size * inputSize) {
      throw new AutogradError(
        'SHAPE_MISMATCH',
        `predict(): ${size} images of ${input.shape.slice(1).join('x')} need ${size * inputSize} values, got ${images.length}`,
      );
    }
    const feeds: Feeds = {};
    for (const { value } of this.graph.parameters) {
      feeds[value.name] = new Tensor('float32', weights.get(value.name)!, value.shape);
    }
    const result = new Float32Array(size * outputSize);
    for (let start = 0; start < size; start += this.chunkSize) {
      const count = Math.min(this.chunkSize, size - start);
      feeds[input.name] = new Tensor(
        'float32',
        chunkOf(images, start, count, inputSize, this.chunkSize),
        input.shape,
      );
      const outputs = await this.session.run(feeds);
      const data = outputs[output.name]!.data as Float32Array;
      result.set(data.subarray(0, count * outputSize), start * outputSize);
    }
    return result;
  }

  async release(): Promise<void> {
    await this.session.release();
  }
}
