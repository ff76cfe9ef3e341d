import {
  buildInferenceGraph,
  encodeModel,
  encoderDecoder,
  SeededRandom,
  softDiceLoss,
  Trainer,
} from 'onnx-autograd';
import * as runtime from 'onnxruntime-node';

const network = encoderDecoder({
  name: 'discs',
  inputShape: [1, 16, 16],
  filters: [8],
  classes: 1,
  skips: true,
});
const trainer = await Trainer.create({ network, loss: softDiceLoss(), optimiser: { kind: 'adam' }, runtime });
const random = new SeededRandom(1);

for (let step = 0; step <= 100; step++) {
  const centres = Array.from({ length: 20 }, () => [4 + random.nextInt(9), 4 + random.nextInt(9)]);
  const isDisc = (_, i) =>
    Math.hypot((i & 15) - centres[i >> 8][0], ((i >> 4) & 15) - centres[i >> 8][1]) < 4;
  const targets = Float32Array.from({ length: 20 * 256 }, isDisc);
  const images = targets.map((target) => target + random.normal() / 2);
  const { loss } = await trainer.train({ images, targets, size: 20 }, 3e-3);
  if (step % 25 === 0) console.log(`step ${step}: soft Dice ${(1 - loss).toFixed(3)}`);
}

const weights = trainer.namedWeights();
const model = encodeModel(buildInferenceGraph(network, 1), { weights, dynamicBatch: true });
console.log(`a model of ${model.length} bytes, for any ONNX runtime`);
await trainer.release();
