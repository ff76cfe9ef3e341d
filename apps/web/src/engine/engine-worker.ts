/** The worker: opens, segments and compares scans and trains networks, off the page's own thread. */
import { type Dcm2niixFactory, dcm2niixConverter, openFiles, segmentVolume } from 'ventriseg';
import './no-eval.ts';
import { compare } from './compare-work.ts';
import { computeUsed } from './compute-used.ts';
import { filesOf, findCandidates, inputFiles } from './given-files.ts';
import { readyModel } from './models.ts';
import type { EngineCalls, EngineError, EngineReply, EngineRequest, ProgressOf } from './protocol.ts';
import { pageFolder } from './runtime.ts';
import { stopTraining, summariseDataset, train } from './train-work.ts';

const converter = dcm2niixConverter(async () => {
  const url = new URL('dcm2niix/dcm2niix.jpeg.js', pageFolder).href;
  const loaded = (await import(/* @vite-ignore */ url)) as { default: Dcm2niixFactory };
  return loaded.default;
});

type Work<Method extends keyof EngineCalls> = (
  argument: Parameters<EngineCalls[Method]>[0],
  onProgress: (progress: ProgressOf<Method>) => void,
) => ReturnType<EngineCalls[Method]>;

const work: { readonly [Method in keyof EngineCalls]: Work<Method> } = {
  find: async (given, onProgress) => {
    const files = await inputFiles(given);
    return findCandidates(given.path, files, (done) =>
      onProgress({ stage: 'headers', done, total: files.length }),
    );
  },

  open: async ({ given, candidate }, onProgress) => {
    const all = await inputFiles(given);
    const files = candidate?.kind === 'file' ? filesOf(candidate, all) : all;
    const path = candidate?.kind === 'file' ? candidate.id : given.path;
    return openFiles(path, files, {
      converter,
      onProgress,
      ...(candidate?.kind === 'series' && { series: candidate.id }),
    });
  },

  segment: async ({ volume, model, compute }, onProgress) => {
    onProgress({ stage: 'model', done: 0, total: 1 });
    const ready = await readyModel(model, compute);
    onProgress({ stage: 'model', done: 1, total: 1 });
    const segmentation = await segmentVolume(volume, ready.model, { onProgress });
    return { segmentation, compute: computeUsed(ready.backend) };
  },

  compare,

  dataset: summariseDataset,

  train,

  stopTraining: async () => stopTraining(),
};

self.onmessage = async ({ data: { id, method, argument } }: MessageEvent<EngineRequest>) => {
  try {
    const result = await (work[method] as Work<typeof method>)(argument as never, (progress) =>
      reply({ id, kind: 'progress', progress }),
    );
    reply({ id, kind: 'done', result });
  } catch (error) {
    reply({ id, kind: 'failed', error: describe(error) });
  }
};

function reply(message: EngineReply): void {
  self.postMessage(message);
}

/** Code and message of anything thrown; INTERNAL for what no one foresaw. */
function describe(error: unknown): EngineError {
  if (!(error instanceof Error)) return { code: 'INTERNAL', message: String(error) };
  const code = (error as { code?: unknown }).code;
  return typeof code === 'string'
    ? { code, message: error.message }
    : { code: 'INTERNAL', message: `${error.name}: ${error.message}` };
}
