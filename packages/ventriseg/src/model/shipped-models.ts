/**
 * The networks that come with the package, each model with its card `<name>.md` beside it: a slice model is
 * `models/<name>.onnx`, a pair of volume networks `<name>-locate.onnx` and `<name>-segment.onnx`. Wherever a model is
 * asked for, one of these names, a file, or the run folder of a training will do; of a pair either file stands for
 * both.
 */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VentrisegError } from '../errors.ts';
import { MODEL_FILE } from '../training/run-folder.ts';

/** The ones that are used when none is named: the first that is shipped. */
const preferredModels: readonly string[] = ['ventricles', 'ventricles-slices'];
const SEGMENT_ENDING = '-segment.onnx';
const LOCATE_ENDING = '-locate.onnx';

/** Both `src/model` and `dist/model` lie two folders below the package. */
const packagedModels = fileURLToPath(new URL('../../models/', import.meta.url));

export interface ShippedModel {
  readonly name: string;
  /** The `.onnx` file; of a pair, that of the segment network. */
  readonly path: string;
  /** The model card: what it was trained on, how well it does, what it is not for. */
  readonly cardPath: string;
  readonly isDefault: boolean;
}

/** The shipped models by name. @param directory folder to look in; the package's own when left out */
export async function shippedModels(directory = packagedModels): Promise<ShippedModel[]> {
  const files = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = files
    .filter((file) => file.endsWith('.onnx') && !file.endsWith(LOCATE_ENDING))
    .sort()
    .map((file) => ({ file, name: file.replace(SEGMENT_ENDING, '').replace('.onnx', '') }));
  const preferred = preferredModels.find((model) => names.some(({ name }) => name === model));
  return names.map(({ file, name }) => ({
    name,
    path: join(directory, file),
    cardPath: join(directory, `${name}.md`),
    isDefault: name === preferred,
  }));
}

/**
 * The other file of a pair of volume networks: the same path with `locate` for `segment` or `borders` (the last in it),
 * or `segment` for `locate`, as in `ventricles-segment.onnx` or `runs/segment/model.onnx`.
 *
 * @throws VentrisegError NO_SUCH_MODEL when there is none
 */
export async function partnerOf(path: string): Promise<string> {
  const places = Object.entries(partners).map(([own, other]) => ({ own, other, at: path.lastIndexOf(own) }));
  const { own, other, at } = places.reduce((last, place) => (place.at > last.at ? place : last));
  const partner = `${path.slice(0, Math.max(at, 0))}${other}${path.slice(at + own.length)}`;
  if (at >= 0 && (await stat(partner).catch(() => undefined))?.isFile()) return partner;
  throw new VentrisegError(
    'NO_SUCH_MODEL',
    `${path}: is one of a pair of networks, and ${at >= 0 ? `${partner} is not there` : 'its name does not tell the other'}; ` +
      'call them <name>-locate.onnx and <name>-segment.onnx in one folder',
    { path },
  );
}

/** Words in paths, each with that in the partner's. */
const partners = { segment: 'locate', borders: 'locate', locate: 'segment' };

/**
 * The path of the `.onnx` file that is meant: a shipped model's name, a file, or a run folder with a model in it.
 * Of a pair of volume networks it is one of the two; see `partnerOf`.
 *
 * @param wanted the default model when left out
 * @throws VentrisegError NO_SUCH_MODEL, which lists the names there are
 * @example
 * const path = await resolveModel('ventricles');
 */
export async function resolveModel(wanted?: string, directory = packagedModels): Promise<string> {
  const models = await shippedModels(directory);
  const shipped = models.find(({ name, isDefault }) => (wanted === undefined ? isDefault : name === wanted));
  if (shipped !== undefined) return shipped.path;
  if (wanted !== undefined) {
    const found = await stat(wanted).catch(() => undefined);
    if (found?.isFile()) return wanted;
    if (found?.isDirectory()) {
      const inside = join(wanted, MODEL_FILE);
      if ((await stat(inside).catch(() => undefined))?.isFile()) return inside;
      throw new VentrisegError(
        'NO_SUCH_MODEL',
        `${wanted}: holds no ${MODEL_FILE}; a training writes it after its first epoch`,
        { path: wanted },
      );
    }
  }
  const names = models.length === 0 ? 'none is shipped' : `shipped: ${models.map((m) => m.name).join(', ')}`;
  throw new VentrisegError(
    'NO_SUCH_MODEL',
    `there is no model ${wanted ?? 'that is used by default'} (${names}); name one of these, an .onnx file, or the folder of a training`,
  );
}
