/**
 * What differs between trainings of volume networks: the network, where its batches come from, how it is judged, and
 * which file it ends in. `trainVolumes` does the rest.
 */
import type { Shape3 } from '@ventriseg/imaging';
import {
  type Batch,
  buildInferenceGraph,
  ForwardPass,
  type Graph,
  type Network,
  type RandomState,
} from 'onnx-autograd';
import type { NodeBackend } from 'onnx-autograd/node';
import type { Picture } from '../pictures/index.ts';
import { buildVolumeNetwork, exportVolumeModel, locateClasses, segmentClasses } from '../volumes/index.ts';
import { type CaseScores, evaluateVolumes } from './evaluate-volumes.ts';
import type { VolumeRecipe } from './volume-recipe.ts';
import { VolumeSampler, type VolumeSamplerOptions } from './volume-sampler.ts';
import { drawVolumeSheet } from './volume-sheet.ts';
import type { VolumeCase } from './warp-volume.ts';

export interface VolumeTask {
  /** The network that is trained. */
  readonly network: Network;
  /** The same as it is used, for the log. */
  readonly inference: Graph;
  /** State of the generator that everything random in the batches comes from. */
  state: RandomState;
  nextBatch(size: number): Promise<Batch>;
  /** A look at the volumes that are trained on; moves the generator on. */
  drawSamples(count: number): Picture;
  /** Scores of weights, by name, on cases that are not trained on. */
  evaluate(tests: readonly VolumeCase[], weights: ReadonlyMap<string, Float32Array>): Promise<CaseScores[]>;
  /** The bytes of the model's file. */
  exportModel(steps: number, weights: ReadonlyMap<string, Float32Array>): Uint8Array;
  release(): Promise<void>;
}

/** A network that labels every voxel of a box. */
export async function boxTask(
  recipe: Extract<VolumeRecipe, { role: 'locate' | 'segment' }>,
  groups: VolumeSamplerOptions['groups'],
  backend: NodeBackend,
): Promise<VolumeTask> {
  const { role, shape, testShape } = recipe;
  const classes = role === 'segment' ? segmentClasses : locateClasses;
  const network = (boxShape: Shape3) =>
    buildVolumeNetwork(recipe.name, recipe.network, classes.length, boxShape, true);
  const inference = buildInferenceGraph(network(testShape), 1);
  const pass = await ForwardPass.create(backend.runtime, inference, backend.session);
  const sampler = samplerOf(recipe, role, groups);
  return {
    network: network(shape),
    inference,
    get state() {
      return sampler.state;
    },
    set state(state) {
      sampler.state = state;
    },
    nextBatch: async (size) => sampler.nextBatch(size),
    drawSamples: (count) => drawVolumeSheet(sampler.nextBatch(count), shape, role),
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

export function samplerOf(
  { shape, augmentation, seed }: VolumeRecipe,
  role: VolumeSamplerOptions['role'],
  groups: VolumeSamplerOptions['groups'],
): VolumeSampler {
  return new VolumeSampler({ role, groups, shape, augmentation, seed: seed + 2 });
}
