/** Training of the network that decides again about the voxels that a finished segment network is not sure of. */
import type { Shape3 } from '@ventriseg/imaging';
import { type Batch, buildInferenceGraph, ForwardPass, readModelWeights } from 'onnx-autograd';
import type { NodeBackend } from 'onnx-autograd/node';
import { VentrisegError } from '../errors.ts';
import {
  borderNetwork,
  buildVolumeNetwork,
  decideBorders,
  fillBorderFeatures,
  findDoubt,
  readVolumeModel,
  withBorders,
} from '../volumes/index.ts';
import { evaluateVolumes } from './evaluate-volumes.ts';
import { readingOfRole } from './tissue-codes.ts';
import type { VolumeRecipe } from './volume-recipe.ts';
import type { VolumeSample, VolumeSampler } from './volume-sampler.ts';
import type { VolumeTask } from './volume-task.ts';

/** The file of the segment network. */
export interface SegmentFile {
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly path: string;
}

/** @throws VentrisegError BAD_MODEL when the file is no segment network */
export async function borderTask(
  recipe: Extract<VolumeRecipe, { role: 'borders' }>,
  sampler: VolumeSampler,
  backend: NodeBackend,
  { bytes, path }: SegmentFile,
): Promise<VolumeTask> {
  const { shape, testShape, points } = recipe;
  const metadata = readVolumeModel(bytes, path);
  if (metadata.role !== 'segment') {
    throw new VentrisegError('BAD_MODEL', `${path}: is a ${metadata.role} network; a segment one is needed`, {
      path,
    });
  }
  const classes = metadata.classes.length;
  const segmentWeights = readModelWeights(bytes);
  const segmentPass = (boxShape: Shape3) => {
    const network = buildVolumeNetwork(metadata.name, metadata.network, classes, boxShape, false);
    return ForwardPass.create(backend.runtime, buildInferenceGraph(network, 1), backend.session);
  };
  const network = borderNetwork(recipe.name, recipe.network, classes, points);
  const inference = buildInferenceGraph(network, 1);
  const [training, testing, deciding] = await Promise.all([
    segmentPass(shape),
    segmentPass(testShape),
    ForwardPass.create(backend.runtime, inference, backend.session),
  ]);
  const features = network.inputShape[0]!;
  const labels = readingOfRole.segment.allowed.length;

  /** Fills an image of points and its target; false when no voxel of the box is in doubt. */
  async function fillPoints(
    { image, labels: truth }: VolumeSample,
    into: Float32Array,
    targets: Float32Array,
  ): Promise<boolean> {
    const probability = await segmentOf(training, image);
    const doubt = findDoubt(image, probability, shape, recipe.network);
    const all = doubt.voxels;
    if (all.length === 0) return false;
    const chosen = Int32Array.from({ length: points }, (_, i) => all[Math.floor((i * all.length) / points)]!);
    fillBorderFeatures(image, probability, shape, doubt, chosen, into, points);
    chosen.forEach((voxel, i) => {
      targets[truth[voxel]! * points + i] = 1;
    });
    return true;
  }

  async function segmentOf(pass: ForwardPass, image: Float32Array): Promise<Float32Array> {
    const { probability } = await pass.run({ image }, 1, segmentWeights);
    return probability!;
  }

  return {
    network,
    inference,
    async nextBatch(size): Promise<Batch> {
      const images = new Float32Array(size * features * points);
      const targets = new Float32Array(size * labels * points);
      const part = (all: Float32Array, n: number) =>
        all.subarray((n * all.length) / size, ((n + 1) * all.length) / size);
      for (let n = 0; n < size; ) {
        if (await fillPoints(sampler.next(), part(images, n), part(targets, n))) n++;
      }
      return { images, targets, size };
    },
    evaluate: (tests, weights) =>
      evaluateVolumes('segment', tests, testShape, async (image) => {
        const probability = await segmentOf(testing, image);
        await decideBorders(deciding, weights, recipe.network, image, probability, testShape);
        return probability;
      }),
    exportModel: (steps, weights) =>
      withBorders(bytes, path, { network: recipe.network, shape: testShape, recipe, steps, weights }),
    async release() {
      await Promise.all([training.release(), testing.release(), deciding.release()]);
    },
  };
}
