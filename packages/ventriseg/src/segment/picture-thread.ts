/**
 * Pictures drawn and encoded beside the measuring, in one thread that is kept for all scans of a process (Node). It
 * does not keep the process alive.
 */
import { fileURLToPath } from 'node:url';
import { cropToForeground, type Volume } from '@ventriseg/imaging';
import { Piscina } from 'piscina';
import type { EncodedPicture, Picture } from '../pictures/index.ts';
import type * as tasks from './picture-tasks.ts';

export interface PictureThread {
  /** The surfaces of labels as a report shows them; undefined without ventricles. */
  surfaces(labels: Volume<Uint8Array>): Promise<EncodedPicture | undefined>;
  /** The panels with their pictures as PNG. */
  encodeEach<T extends { readonly picture: Picture }>(panels: readonly T[]): Promise<Encoded<T>[]>;
}

type Encoded<T> = Omit<T, 'picture'> & { readonly picture: EncodedPicture };

/** More than the pictures of one scan. */
const mostWaiting = 100;

let thread: PictureThread | undefined;

/** The thread; it starts with the first call. */
export function pictureThread(): PictureThread {
  thread ??= startThread();
  return thread;
}

function startThread(): PictureThread {
  // Threads load built files; `src/segment` and `dist/segment` both lie two folders below the package.
  const filename = fileURLToPath(new URL('../../dist/segment/picture-tasks.js', import.meta.url));
  // They need none of the loaders that the process may have been started with.
  // Tasks wait in the thread itself: from here the next one could only be sent when the measuring lets it.
  const pool = new Piscina({
    ...{ filename, minThreads: 1, maxThreads: 1, execArgv: [] },
    concurrentTasksPerWorker: mostWaiting,
  });
  const run = <N extends keyof typeof tasks>(name: N, argument: Parameters<(typeof tasks)[N]>[0]) =>
    pool.run(argument, { name }) as Promise<ReturnType<(typeof tasks)[N]>>;
  return {
    surfaces: async (labels) => {
      const part = cropToForeground(labels);
      return part && run('surfaces', part);
    },
    encodeEach: (panels) =>
      Promise.all(panels.map(async (panel) => ({ ...panel, picture: await run('encode', panel.picture) }))),
  };
}
