/**
 * The networks that come with the package: `models/<name>.onnx`, each with its model card `<name>.md` beside it.
 * Wherever a model is asked for, one of these names, a file, or the run folder of a training will do.
 */
import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VentrisegError } from '../errors.ts';
import { MODEL_FILE } from '../training/run-folder.ts';

/** The one that is used when none is named. */
export const defaultModelName = 'ventricles-slices';

/** Both `src/model` and `dist/model` lie two folders below the package. */
const packagedModels = fileURLToPath(new URL('../../models/', import.meta.url));

export interface ShippedModel {
  readonly name: string;
  /** The `.onnx` file. */
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
  return files
    .filter((file) => file.endsWith('.onnx'))
    .sort()
    .map((file) => {
      const name = basename(file, '.onnx');
      return {
        name,
        path: join(directory, file),
        cardPath: join(directory, `${name}.md`),
        isDefault: name === defaultModelName,
      };
    });
}

/**
 * The path of the `.onnx` file that is meant: a shipped model's name, a file, or a run folder with a model in it.
 *
 * @param wanted the default model when left out
 * @throws VentrisegError NO_SUCH_MODEL, which lists the names there are
 * @example
 * const path = await resolveModel('ventricles-slices');
 */
export async function resolveModel(wanted?: string, directory = packagedModels): Promise<string> {
  const name = wanted ?? defaultModelName;
  const models = await shippedModels(directory);
  const shipped = models.find((model) => model.name === name);
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
    `there is no model ${name} (${names}); name one of these, an .onnx file, or the folder of a training`,
  );
}
