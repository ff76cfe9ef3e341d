/** The worker: opens scans and segments them, off the page's own thread. */
import { type Dcm2niixFactory, dcm2niixConverter, openFiles, segmentVolume } from 'ventriseg';
import './no-eval.ts';
import { filesOf, findCandidates, inputFiles } from './given-files.ts';
import type { EngineCalls, EngineError, EngineProgress, EngineReply, EngineRequest } from './protocol.ts';
import { loadModel, pageFolder } from './runtime.ts';

const converter = dcm2niixConverter(async () => {
  const url = new URL('dcm2niix/dcm2niix.jpeg.js', pageFolder).href;
  const loaded = (await import(/* @vite-ignore */ url)) as { default: Dcm2niixFactory };
  return loaded.default;
});

type Work = (argument: never, onProgress: (progress: EngineProgress) => void) => Promise<unknown>;

const work: { [Method in keyof EngineCalls]: Work } = {
  find: async (given: Parameters<EngineCalls['find']>[0], onProgress) => {
    const files = await inputFiles(given);
    return findCandidates(given.path, files, (done) =>
      onProgress({ stage: 'headers', done, total: files.length }),
    );
  },

  open: async ({ given, candidate }: Parameters<EngineCalls['open']>[0], onProgress) => {
    const all = await inputFiles(given);
    const files = candidate?.kind === 'file' ? filesOf(candidate, all) : all;
    const path = candidate?.kind === 'file' ? candidate.id : given.path;
    return openFiles(path, files, {
      converter,
      onProgress,
      ...(candidate?.kind === 'series' && { series: candidate.id }),
    });
  },

  segment: async (volume: Parameters<EngineCalls['segment']>[0], onProgress) => {
    onProgress({ stage: 'model', done: 0, total: 1 });
    const model = await loadModel();
    onProgress({ stage: 'model', done: 1, total: 1 });
    return segmentVolume(volume, model, { onProgress });
  },
};

self.onmessage = async ({ data: { id, method, argument } }: MessageEvent<EngineRequest>) => {
  try {
    const result = await work[method](argument as never, (progress) =>
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
