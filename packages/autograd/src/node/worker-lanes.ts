/** Lanes in worker threads of Node, each with its own ONNX Runtime session of one thread. */
import { Worker } from 'node:worker_threads';
import { AutogradError } from '../errors.ts';
import type { GradientLane, GradientShare, GradientWork, StartLanes } from '../training/gradient-lane.ts';

/** What a worker answers: to its start with neither, to work with a share, to trouble with an error. */
export interface LaneReply {
  readonly share?: GradientShare;
  readonly error?: string;
}

/**
 * @param count lanes, usually one a processor core
 * @param runtimeModule module that each worker imports as its runtime
 */
export function workerLanes(count: number, runtimeModule = 'onnxruntime-node'): StartLanes {
  if (!Number.isInteger(count) || count < 1) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `workerLanes(): the number of lanes must be at least 1, got ${count}`,
    );
  }
  return async (program) => {
    const workers = Array.from(
      { length: count },
      () =>
        new Worker(new URL('./lane-worker.js', import.meta.url), { workerData: { program, runtimeModule } }),
    );
    try {
      await Promise.all(workers.map(reply));
    } catch (error) {
      await Promise.all(workers.map((worker) => worker.terminate()));
      throw error;
    }
    return workers.map(workerLane);
  };
}

function workerLane(worker: Worker): GradientLane {
  return {
    async accumulate(work: GradientWork) {
      // Chunks are views of the caller's batch; cloning a view would clone the whole batch.
      const chunks = work.chunks.map((chunk) =>
        Object.fromEntries(Object.entries(chunk).map(([name, data]) => [name, data.slice()])),
      );
      const buffers = chunks.flatMap((chunk) =>
        Object.values(chunk).map((data) => data.buffer as ArrayBuffer),
      );
      const answer = reply(worker);
      worker.postMessage({ weights: work.weights, chunks } satisfies GradientWork, buffers);
      return (await answer).share!;
    },
    async release() {
      // A worker that has died has no thread any more and will not end a second time.
      if (worker.threadId === -1) return;
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage(null);
      await ended;
    },
  };
}

/** The worker's next message. @throws AutogradError RUNTIME_FAILED when it reports trouble or dies */
function reply(worker: Worker): Promise<LaneReply> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      worker.off('exit', onExit);
      act();
    };
    const fail = (why: string, cause?: unknown) =>
      settle(() => reject(new AutogradError('RUNTIME_FAILED', `a training lane failed: ${why}`, { cause })));
    const onMessage = (message: LaneReply) =>
      message.error === undefined ? settle(() => resolve(message)) : fail(message.error);
    const onError = (error: Error) => fail(error.message, error);
    const onExit = (code: number) => fail(`its worker ended with code ${code}`);
    worker.on('message', onMessage);
    worker.on('error', onError);
    worker.on('exit', onExit);
  });
}
