/**
 * What differs between trainings of volume networks: the network, where its batches come from, how it is judged, and
 * which file it ends in. `trainVolumes` does the rest.
 */
import type { Shape3 } from '@ventriseg/imaging';
import { type Batch, buildInferenceGraph, ForwardPass, type Graph, type Network } from 'onnx-autograd';
import type { NodeBackend } from 'onnx-autograd/node';
import { buildVolumeNetwork, exportVolumeModel, locateClasses, segmentClasses } from '../volumes/index.ts';
import { type CaseScores, evaluateVolumes } from './evaluate-volumes.ts';
import type { VolumeRecipe } from './volume-recipe.ts';
import type { VolumeSampler } from './volume-sampler.ts';
import type { VolumeCase } from './warp-volume.ts';

export interface VolumeTask {
  /** The network that is trained. */
  readonly network: Network;
  /** The same as it is used, for the log. */
  readonly inference: Graph;
  /** Of the volumes that the sampler draws next. */
  nextBatch(size: number): Promise<Batch>;
  /** Scores of weights, by name, on cases that are not trained on. */
  evaluate(tests: readonly VolumeCase[], weights: ReadonlyMap<string, Float32Array>): Promise<CaseScores[]>;
  /** The bytes of the model's file. */
  exportModel(steps: number, weights: ReadonlyMap<string, Float32Array>): Uint8Array;
  release(): Promise<void>;
}

/** A network that labels every voxel of a box. */
export async function boxTask(
  recipe: Extract<VolumeRecipe, { role: 'locate' | 'segment' }>,
  sampler: VolumeSampler,
  backend: NodeBackend,
): Promise<VolumeTask> {
  const { role, shape, testShape } = recipe;
  const classes = role === 'segment' ? segmentClasses : locateClasses;
  const network = (boxShape: Shape3) =>
    buildVolumeNetwork(recipe.name, recipe.network, classes.length, boxShape, true);
  const inference = buildInferenceGraph(network(testShape), 1);
  const pass = await ForwardPass.create(backend.runtime, inference, backend.session);
  return {
    network: network(shape),
    inference,
    nextBatch: async (size) => sampler.nextBatch(size),
    evaluate: (tests, weights) =>
      evaluateVolumes(role, tests, testShape, async (image) => {
        const { probability } = await pass.run({ image }, 1, weights);
        return probability!;
      }),
    exportModel: (steps, weights) =>
      exportVolumeModel({ role, network: recipe.network, classes, shape: testShape, recipe, steps, weights }),
    release: () => pass.release(),
  };
}
