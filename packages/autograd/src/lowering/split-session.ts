/** Runs a split graph: the part of the weights once for each set of weights, the rest as often as wanted. */
import type { InferenceSession } from 'onnxruntime-common';
import type { Graph } from '../graph/graph.ts';
import { encodeModel } from '../onnx/encode-model.ts';
import { compileModel, type Feeds, type Runtime } from '../runtime/runtime.ts';
import { lowerToBlocked } from './blocked-layout.ts';
import { lowerDepthToBatch } from './depth-as-batch.ts';
import { splitByWeights } from './split-by-weights.ts';

/** A split graph as plain data, for a worker to compile. */
export interface SplitModel {
  readonly ofWeights: EncodedPart | undefined;
  readonly rest: EncodedPart;
}

interface EncodedPart {
  readonly model: Uint8Array;
  /** The parameters that are inputs of this part. */
  readonly parameters: readonly string[];
}

/** @param block channels in a block of the runtime's blocked layout, if it has one (see probe-block-size.ts) */
export function encodeSplit(graph: Graph, block: number | undefined): SplitModel {
  const flat = lowerDepthToBatch(graph);
  const { ofWeights, rest } = splitByWeights(block === undefined ? flat : lowerToBlocked(flat, block));
  const encode = (part: typeof rest): EncodedPart => ({
    model: encodeModel(part),
    parameters: part.parameters.map(({ value }) => value.name),
  });
  return { ofWeights: ofWeights && encode(ofWeights), rest: encode(rest) };
}

export class SplitSession {
  private readonly model: SplitModel;
  private readonly ofWeights: InferenceSession | undefined;
  private readonly rest: InferenceSession;
  private weightFeeds: Feeds = {};

  private constructor(model: SplitModel, ofWeights: InferenceSession | undefined, rest: InferenceSession) {
    this.model = model;
    this.ofWeights = ofWeights;
    this.rest = rest;
  }

  /** @throws AutogradError RUNTIME_FAILED */
  static async create(
    runtime: Runtime,
    model: SplitModel,
    options: InferenceSession.SessionOptions = {},
  ): Promise<SplitSession> {
    const ofWeights = model.ofWeights && (await compileModel(runtime, model.ofWeights.model, options));
    return new SplitSession(model, ofWeights, await compileModel(runtime, model.rest.model, options));
  }

  /** @param parameters all parameters by name; they must stay as they are until the next call */
  async useWeights(parameters: Feeds): Promise<void> {
    const pick = (part: EncodedPart): Feeds =>
      Object.fromEntries(part.parameters.map((name) => [name, parameters[name]!]));
    const made = this.ofWeights === undefined ? {} : await this.ofWeights.run(pick(this.model.ofWeights!));
    this.weightFeeds = { ...pick(this.model.rest), ...made };
  }

  /**
   * @param feeds by input name; a parameter's value here stands in for the one of `useWeights`
   * @param fetches tensors to write outputs into, or null to have them made; default: all outputs are made
   */
  run(feeds: Feeds, fetches?: InferenceSession.FetchesType): Promise<InferenceSession.ReturnType> {
    const all = { ...this.weightFeeds, ...feeds };
    return fetches === undefined ? this.rest.run(all) : this.rest.run(all, fetches);
  }

  async release(): Promise<void> {
    await this.ofWeights?.release();
    await this.rest.release();
  }
}
