/** The inside of a worker lane: starts one lane, then answers each share of work until it is told to end. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Env } from 'onnxruntime-common';
import { messageOf, type Runtime } from '../runtime/runtime.ts';
import { type GradientProgram, type GradientWork, startLane } from '../training/gradient-lane.ts';
import type { LaneReply } from './worker-lanes.ts';

const port = parentPort!;
const { program, runtimeModule } = workerData as { program: GradientProgram; runtimeModule: string };

function answer(reply: LaneReply): void {
  port.postMessage(reply, reply.share ? [reply.share.gradient.buffer as ArrayBuffer] : []);
}

try {
  const runtime = (await import(runtimeModule)) as Runtime & { env?: Env };
  // WebAssembly would start threads of its own.
  if (runtime.env?.wasm) runtime.env.wasm.numThreads = 1;
  const lane = await startLane(runtime, program, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  port.on('message', async (work: GradientWork | null) => {
    if (work === null) {
      await lane.release();
      port.close();
      return;
    }
    try {
      answer({ share: await lane.accumulate(work) });
    } catch (error) {
      answer({ error: messageOf(error) });
    }
  });
  answer({});
} catch (error) {
  answer({ error: messageOf(error) });
}
