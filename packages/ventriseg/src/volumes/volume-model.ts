/**
 * A trained volume network as one `.onnx` file that carries what is needed to run it. Any ONNX runtime loads it for
 * the shape of its input; ventriseg builds the same network for whatever shape a scan needs.
 */

import type { Shape3 } from '@ventriseg/imaging';
import {
  blockUnet,
  blockUnetDivisor,
  buildInferenceGraph,
  encodeModel,
  ForwardPass,
  type Graph,
  type Network,
  probabilities,
  type Runtime,
  readModelWeights,
  standardisedWeights,
} from 'onnx-autograd';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { METADATA_KEY, readMetadata } from '../model/model-metadata.ts';
import { sha256 } from '../scan-input/sha256.ts';
import { softwareVersion } from '../software-version.ts';
import { type BorderNetworkOptions, borderNetwork, borderNetworkSchema, decideBorders } from './borders.ts';
import { spacingOfRole, type VolumeClass, type VolumeRole } from './classes.ts';

const networkSchema = z.strictObject({
  kind: z.literal('block-unet'),
  /** Side of the blocks of voxels that are one position of the network. */
  blockSize: z.number().int().min(1).max(4),
  filters: z.array(z.number().int().positive()).min(2).max(6),
});

export type VolumeNetworkOptions = z.infer<typeof networkSchema>;

export const volumeNetworkSchema = networkSchema;

export const volumeModelMetadataSchema = z.object({
  formatVersion: z.literal(1),
  kind: z.literal('volumes-3d'),
  role: z.enum(['locate', 'segment']),
  name: z.string(),
  software: z.object({ name: z.string(), version: z.string() }),
  spacingMm: z.number().positive(),
  /** Every side of the input must be a multiple of it. */
  divisor: z.number().int().positive(),
  classes: z.array(z.object({ name: z.string(), label: z.number().int().min(0) })).min(2),
  network: networkSchema,
  /** The recipe as it was. */
  recipe: z.looseObject({ name: z.string(), description: z.string().optional() }),
  /** Optimiser steps that the weights have had. */
  steps: z.number().int().min(0),
  /** The network that decides again about the voxels in doubt, where one was trained for it. */
  borders: z
    .object({
      network: borderNetworkSchema,
      recipe: z.looseObject({ name: z.string() }),
      steps: z.number().int().min(0),
    })
    .optional(),
});

export type VolumeModelMetadata = z.infer<typeof volumeModelMetadataSchema>;

/** Points that a border network decides at a time. */
const BORDER_POINTS = 8192;

/** The network of a role for a shape [nx, ny, nz]; its input is [1, nz, ny, nx]. */
export function buildVolumeNetwork(
  name: string,
  { blockSize, filters }: VolumeNetworkOptions,
  classes: number,
  [nx, ny, nz]: Shape3,
  standardised: boolean,
) {
  return blockUnet({ name, inputShape: [1, nz, ny, nx], blockSize, filters, classes, standardised });
}

/**
 * @param options.weights of the network as it was trained, by name
 * @param options.shape of the input that other runtimes will see, [nx, ny, nz]
 * @returns the bytes of an `.onnx` file with input `image` [1, 1, nz, ny, nx] and output `probability`
 * [1, classes, nz, ny, nx]; kernels as float16
 */
export function exportVolumeModel(options: {
  readonly role: VolumeRole;
  readonly network: VolumeNetworkOptions;
  readonly classes: readonly VolumeClass[];
  readonly shape: Shape3;
  readonly recipe: { readonly name: string; readonly description: string };
  readonly steps: number;
  readonly weights: ReadonlyMap<string, Float32Array>;
}): Uint8Array {
  const { role, network, classes, recipe, steps, shape, weights } = options;
  const metadata: VolumeModelMetadata = {
    formatVersion: 1,
    kind: 'volumes-3d',
    role,
    name: recipe.name,
    software: softwareVersion,
    spacingMm: spacingOfRole[role],
    divisor: blockUnetDivisor(network),
    classes: classes.map(({ name, label }) => ({ name, label })),
    network,
    recipe: { ...recipe },
    steps,
  };
  return encodeVolumeModel(metadata, shape, (graph) => standardisedWeights(graph, weights));
}

/**
 * A segment network's file with a network for its borders in it, in place of one that may be there.
 *
 * @param bytes of the file that `exportVolumeModel` made
 * @param path for messages
 * @param borders.weights of the network of points, by name
 * @returns the bytes of an `.onnx` file with input `border_features` [1, features, points, 1] and output
 * `border_probability` [1, classes, points, 1] beside the segment network's own
 * @throws VentrisegError BAD_MODEL
 */
export function withBorders(
  bytes: Uint8Array,
  path: string,
  borders: {
    readonly network: BorderNetworkOptions;
    readonly shape: Shape3;
    readonly recipe: { readonly name: string };
    readonly steps: number;
    readonly weights: ReadonlyMap<string, Float32Array>;
  },
): Uint8Array {
  const { network, shape, recipe, steps } = borders;
  const metadata = { ...readVolumeModel(bytes, path), borders: { network, recipe: { ...recipe }, steps } };
  return encodeVolumeModel(metadata, shape, () => new Map([...readModelWeights(bytes), ...borders.weights]));
}

function encodeVolumeModel(
  metadata: VolumeModelMetadata,
  shape: Shape3,
  weightsFor: (graph: Graph) => ReadonlyMap<string, Float32Array>,
): Uint8Array {
  const { name, network, classes, recipe, borders } = metadata;
  const graph = buildInferenceGraph(buildVolumeNetwork(name, network, classes.length, shape, false), 1);
  if (borders !== undefined) {
    const points = borderNetwork(name, borders.network, classes.length, BORDER_POINTS);
    const features = graph.input('border_features', [1, ...points.inputShape]);
    graph.output('border_probability', probabilities(points.build(features)));
  }
  return encodeModel(graph, {
    name,
    description: `${recipe.description ?? name}. Not a medical device.`,
    weights: weightsFor(graph),
    storage: 'float16',
    metadata: { [METADATA_KEY]: JSON.stringify(metadata) },
  });
}

/** @throws VentrisegError BAD_MODEL when the bytes are no ONNX model, or no volume network of ventriseg */
export function readVolumeModel(bytes: Uint8Array, path: string): VolumeModelMetadata {
  const parsed = volumeModelMetadataSchema.safeParse(readMetadata(bytes, path));
  if (parsed.success) return parsed.data;
  throw new VentrisegError(
    'BAD_MODEL',
    `${path}: its metadata do not fit this version: ${z.prettifyError(parsed.error)}`,
    { path, cause: parsed.error },
  );
}

/**
 * What becomes of the choroid plexus: part of the ventricle that it lies in, as manual protocols and SynthSeg have
 * it, or left out, as FreeSurfer's numbers 4 and 43 have it.
 */
export type ChoroidPlexus = 'ventricle' | 'left-out';

export interface VolumeModelOptions {
  /** Default 'ventricle'. */
  readonly choroidPlexus?: ChoroidPlexus;
  /** Handed to the runtime: threads, execution providers. */
  readonly session?: Parameters<Runtime['InferenceSession']['create']>[1];
}

export interface LoadedVolumeModel {
  /** Classes are those of `run`: the choroid plexus is no longer among them. */
  readonly metadata: VolumeModelMetadata;
  /** SHA-256 of the file, hex. */
  readonly sha256: string;
  readonly path: string;
  /** What became of the choroid plexus; undefined where the network does not tell it apart. */
  readonly choroidPlexus: ChoroidPlexus | undefined;
  /**
   * @param image scaled intensities (see intensity.ts), x-fastest
   * @param shape [nx, ny, nz], multiples of the metadata's divisor
   * @returns probabilities [classes, nz, ny, nx]
   * @throws VentrisegError MODEL_FAILED with the runtime's own words
   */
  run(image: Float32Array, shape: Shape3): Promise<Float32Array>;
  /** Frees the runtime's memory; the model cannot be run after it. */
  release(): Promise<void>;
}

/**
 * Loads an `.onnx` file that `exportVolumeModel` made.
 *
 * @param path for messages
 * @throws VentrisegError BAD_MODEL
 */
export async function loadVolumeModel(
  bytes: Uint8Array,
  path: string,
  runtime: Runtime,
  options: VolumeModelOptions = {},
): Promise<LoadedVolumeModel> {
  const metadata = readVolumeModel(bytes, path);
  const weights = readModelWeights(bytes);
  const choice = options.choroidPlexus ?? 'ventricle';
  const choroid = plexusOf(metadata.classes, choice);
  const { name, network, classes, borders } = metadata;
  const { session = {} } = options;
  const passOf = (built: Network) => ForwardPass.create(runtime, buildInferenceGraph(built, 1), session);
  // Scans of one study mostly need one shape, so the last network built is kept.
  let built: { readonly key: string; readonly pass: ForwardPass } | undefined;
  let borderPass: ForwardPass | undefined;
  return {
    metadata: { ...metadata, classes: classes.slice(0, choroid.kept) },
    sha256: await sha256(bytes),
    path,
    choroidPlexus: choroid.kept < classes.length ? choice : undefined,
    async run(image, shape) {
      try {
        const key = shape.join('x');
        if (built?.key !== key) {
          await built?.pass.release();
          built = undefined;
          built = {
            key,
            pass: await passOf(buildVolumeNetwork(name, network, classes.length, shape, false)),
          };
        }
        const { probability } = await built.pass.run({ image }, 1, weights);
        if (borders !== undefined) {
          borderPass ??= await passOf(borderNetwork(name, borders.network, classes.length, BORDER_POINTS));
          await decideBorders(borderPass, weights, borders.network, image, probability!, shape);
        }
        return choroid.fold(probability!);
      } catch (cause) {
        const what = cause instanceof Error ? cause.message : String(cause);
        throw new VentrisegError(
          'MODEL_FAILED',
          `${path}: the network failed on ${shape.join(' x ')} voxels: ${what}`,
          { path, cause },
        );
      }
    },
    release: async () => {
      await Promise.all([built?.pass.release(), borderPass?.release()]);
    },
  };
}

/** FreeSurfer's numbers of the choroid plexus, with the lateral ventricle and temporal horn of its side. */
const PLEXUS = [
  { label: 31, lateral: 4, horn: 5 },
  { label: 63, lateral: 43, horn: 44 },
] as const;

/** Takes the plexus' classes, which come last, out of probabilities. */
function plexusOf(classes: readonly VolumeClass[], choice: ChoroidPlexus) {
  const index = (label: number) => classes.findIndex((c, k) => k > 0 && c.label === label);
  const found = PLEXUS.filter(({ label }) => index(label) >= 0);
  const kept = classes.length - found.length;
  const fold = (probability: Float32Array): Float32Array => {
    const voxels = probability.length / classes.length;
    const channel = (k: number) => probability.subarray(k * voxels, (k + 1) * voxels);
    for (const { label, lateral, horn } of found) {
      const plexus = channel(index(label));
      const [outside, ventricle, temporal] = [channel(0), channel(index(lateral)), channel(index(horn))];
      for (let i = 0; i < voxels; i++) {
        const share = plexus[i]!;
        if (choice === 'left-out') outside[i]! += share;
        else if (temporal[i]! > ventricle[i]!) temporal[i]! += share;
        else ventricle[i]! += share;
      }
    }
    return probability.subarray(0, kept * voxels);
  };
  return { kept, fold };
}
