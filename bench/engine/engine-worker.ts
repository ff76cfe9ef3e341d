/**
 * Times our engine in a process of its own; see worker-protocol.ts. Inference is a ForwardPass over the inference
 * graph, training a Trainer's step, both as `ventriseg train` uses them.
 */
import { createInterface } from 'node:readline';
import { buildInferenceGraph, ForwardPass, Trainer } from 'onnx-autograd';
import { workerLanes } from 'onnx-autograd/node';
import * as onnxruntime from 'onnxruntime-node';
import { readWeights } from '../pytorch/weights-file.ts';
import { benchmarkNetworks, imageSize } from './networks.ts';
import { readNumbers } from './pictures.ts';
import type { Measured, Prepared, Request, Task, WorkerSetup } from './worker-protocol.ts';

const LEARNING_RATE = 1e-4;

const setup = JSON.parse(process.argv[2]!) as WorkerSetup;
const { network, loss, forwardChunk } = benchmarkNetworks.find(({ name }) => name === setup.network)!;
const session = { intraOpNumThreads: setup.threads, interOpNumThreads: 1 };
const numbers = setup.batch * imageSize(setup);
const images = await readNumbers(setup.images, numbers);
const targets = await readNumbers(setup.targets, numbers);
const weights = await readWeights(setup.weights);
const steps = new Map<Task, () => Promise<number | null>>();
const prepared: (ForwardPass | Trainer)[] = [];

function createTrainer(): Promise<Trainer> {
  return Trainer.create({
    network,
    loss,
    optimiser: { kind: 'adam' },
    runtime: onnxruntime,
    chunkSize: setup.chunk,
    session,
    // A batch that has no chunk for every lane is done by all threads together.
    ...(setup.batch >= setup.threads * setup.chunk && { lanes: workerLanes(setup.threads) }),
  });
}

async function prepare(task: Task): Promise<Prepared> {
  if (task === 'forward') {
    const pass = await ForwardPass.create(onnxruntime, buildInferenceGraph(network, forwardChunk), session);
    prepared.push(pass);
    steps.set(task, async () => {
      await pass.run({ image: images }, setup.batch, weights);
      return null;
    });
  } else {
    const trainer = await createTrainer();
    prepared.push(trainer);
    const batch = { images, targets, size: setup.batch };
    steps.set(task, async () => (await trainer.train(batch, LEARNING_RATE)).loss);
  }
  const firstLoss = await steps.get(task)!();
  // Memory is asked of the system during the first steps.
  for (let step = 0; step < setup.warmUpSteps; step++) await steps.get(task)!();
  return { firstLoss };
}

async function measure(task: Task, seconds: number): Promise<Measured> {
  const step = steps.get(task)!;
  const start = performance.now();
  let done = 0;
  let elapsed = 0;
  do {
    await step();
    done++;
    elapsed = (performance.now() - start) / 1000;
  } while (elapsed < seconds);
  return {
    images: done * setup.batch,
    seconds: elapsed,
    peakMemoryMb: process.resourceUsage().maxRSS / 1024,
  };
}

console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line) as Request;
  const answer =
    request.command === 'prepare'
      ? await prepare(request.task)
      : await measure(request.task, request.seconds);
  console.log(JSON.stringify(answer));
}
// Lanes are threads that would keep the process alive.
for (const one of prepared) await one.release();
