/** Any model that segments, from the bytes of its files: a slice model, or the pair of volume networks. */
import type { Runtime } from 'onnx-autograd';
import { VentrisegError } from '../errors.ts';
import { isVolumeModel } from '../model/model-metadata.ts';
import { type ChoroidPlexus, loadVolumeModel } from '../volumes/index.ts';
import { loadSliceModel, type SessionOptions } from './load-model.ts';
import type { SegmentModel } from './segment-volume.ts';
import { pairNetworks } from './volume-networks.ts';

export interface ModelFile {
  readonly bytes: Uint8Array;
  /** For messages. */
  readonly path: string;
}

export interface LoadModelOptions {
  readonly session?: SessionOptions;
  /** Of volume networks that tell it apart: what becomes of the choroid plexus; default 'ventricle'. */
  readonly choroidPlexus?: ChoroidPlexus;
}

/**
 * Loads a slice model from its one file, or a pair of volume networks from its two, in any order.
 *
 * @throws VentrisegError BAD_MODEL for files that are no models, or none that go together; BAD_ARGUMENT for
 * `choroidPlexus` with a model that does not tell it apart
 * @example
 * import * as runtime from 'onnxruntime-web';
 * const model = await loadModelFiles([locate, segment], runtime);
 */
export async function loadModelFiles(
  files: readonly ModelFile[],
  runtime: Runtime,
  options: LoadModelOptions = {},
): Promise<SegmentModel> {
  const { session = {}, choroidPlexus } = options;
  const [first, second] = files;
  if (first !== undefined && second === undefined && !isVolumeModel(first.bytes, first.path)) {
    if (choroidPlexus !== undefined) throw noPlexus(first.path);
    return loadSliceModel(first.bytes, first.path, runtime, session);
  }
  if (first === undefined || second === undefined || files.length > 2) {
    const paths = files.map(({ path }) => path).join(', ');
    throw new VentrisegError(
      'BAD_MODEL',
      `${paths || 'no files'}: a model is one slice network, or a locate and a segment network together`,
    );
  }
  const load = ({ bytes, path }: ModelFile) => loadVolumeModel(bytes, path, runtime, { session, ...plexus });
  const plexus = choroidPlexus === undefined ? {} : { choroidPlexus };
  const [a, b] = [await load(first), await load(second)];
  const pair = a.metadata.role === 'locate' ? pairNetworks(a, b) : pairNetworks(b, a);
  if (choroidPlexus !== undefined && pair.segment.choroidPlexus === undefined) {
    throw noPlexus(pair.segment.path);
  }
  return pair;
}

function noPlexus(path: string): VentrisegError {
  return new VentrisegError(
    'BAD_ARGUMENT',
    `${path}: does not tell the choroid plexus apart; leave out what is to become of it`,
    { path },
  );
}
