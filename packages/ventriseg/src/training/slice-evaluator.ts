/** Evaluates a network that is being trained on the test slices of its dataset. */
import { type Backend, buildEvaluationGraph, ForwardPass, type Graph, type Trainer } from 'onnx-autograd';
import type { Dataset } from '../dataset/read-dataset.ts';
import { type ClassEvaluation, decideLabels, evaluateSlices } from './evaluate-slices.ts';
import type { RecipeTrainer } from './recipe-trainer.ts';
import { batchOf } from './sampler.ts';
import type { SliceTile } from './slice-tiles.ts';

/** Slices of the test set that are shown as pictures, evenly spread. */
const PICTURED_SLICES = 8;
/** Slices a run of the network. */
const CHUNK = 20;

export interface TestResult {
  /** Mean over the test slices; NaN when the dataset has none. */
  readonly testLoss: number;
  readonly classes: readonly ClassEvaluation[];
  readonly tiles: readonly SliceTile[];
}

export class SliceEvaluator {
  private readonly dataset: Dataset;
  private readonly trainer: Trainer;
  private readonly pass: ForwardPass;
  private readonly positions: readonly number[];

  private constructor(dataset: Dataset, trainer: Trainer, pass: ForwardPass) {
    this.dataset = dataset;
    this.trainer = trainer;
    this.pass = pass;
    this.positions = [...dataset.slicesOf('test')];
  }

  static async create(
    dataset: Dataset,
    { network, loss, trainer }: RecipeTrainer,
    { runtime, session }: Pick<Backend, 'runtime' | 'session'>,
  ): Promise<SliceEvaluator> {
    const graph = buildEvaluationGraph(network, loss, CHUNK);
    return new SliceEvaluator(dataset, trainer, await ForwardPass.create(runtime, graph, session));
  }

  get graph(): Graph {
    return this.pass.graph;
  }

  /** With the trainer's present weights. */
  async evaluate(): Promise<TestResult> {
    const { dataset, positions } = this;
    if (positions.length === 0) return { testLoss: Number.NaN, classes: [], tiles: [] };
    const { images, targets, size } = batchOf(dataset, positions);
    const weights = this.trainer.namedWeights();
    const { probability, loss } = await this.pass.run({ image: images, target: targets }, size, weights);
    const count = Math.min(PICTURED_SLICES, size);
    const tiles = Array.from({ length: count }, (_, i) => {
      const n = Math.floor(((i + 0.5) * size) / count);
      return {
        name: `slice ${positions[n]}`,
        picture: dataset.image(positions[n]!),
        truth: dataset.label(positions[n]!),
        predicted: decideLabels(dataset, probability!, n),
      };
    });
    return {
      testLoss: loss!.reduce((sum, value) => sum + value, 0) / size,
      classes: evaluateSlices(dataset, positions, probability!),
      tiles,
    };
  }

  release(): Promise<void> {
    return this.pass.release();
  }
}
