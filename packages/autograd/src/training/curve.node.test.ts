/**
 * Two hundred steps beside PyTorch in float64. Rounding makes any two trainings drift apart, so the question is
 * whether ours drifts more than PyTorch's own from starts that differ by a thousandth.
 */
import * as ort from 'onnxruntime-node';
import { expect } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { softDiceLoss } from '../losses/losses.ts';
import { encoderDecoder } from '../modules/encoder-decoder.ts';
import { oneThread } from '../testing/backend.test-helper.ts';
import { discs } from '../testing/discs.test-helper.ts';
import { tensor64 } from '../testing/tensor64.test-helper.ts';
import { TORCH_NETWORK, torchWeights } from '../testing/torch-network.test-helper.ts';
import { runTorch } from '../testing/torch-oracle.test-helper.ts';
import { Trainer } from './trainer.ts';

const [steps, size, width, runs] = [200, 4, 16, 5];

testWithPython('a loss curve of 200 steps lies among those of torch', ['torch'], async () => {
  const trainer = await Trainer.create({
    network: encoderDecoder({
      name: 'small',
      inputShape: [1, width, width],
      filters: [4],
      classes: 1,
      skips: true,
      block: { biasInitialiser: { kind: 'constant', value: 0.1 } },
    }),
    loss: softDiceLoss(),
    optimiser: { kind: 'adam' },
    runtime: ort,
    seed: 12,
    chunkSize: 2,
    session: oneThread,
  });
  const start = torchWeights(trainer);
  const batches = Array.from({ length: steps }, (_, step) => discs(size, width, step));
  const ours: number[] = [];
  for (const batch of batches) ours.push((await trainer.train(batch, 2e-3)).loss);
  await trainer.release();
  const stacked = (part: 'images' | 'targets') =>
    tensor64([steps, size, 1, width, width], Float64Array.from(batches.flatMap((b) => [...b[part]])));
  const { curves } = runTorch(
    `${TORCH_NETWORK}
torch.manual_seed(1)
curves = []
for run in range(${runs}):
    shaken = {k: (t * (1 + (1e-3 * torch.randn_like(t) if run else 0))).detach().requires_grad_() for k, t in w.items()}
    optimiser = torch.optim.Adam(shaken.values(), lr=2e-3)
    losses = []
    for image, target in zip(inputs['images'], inputs['targets']):
        optimiser.zero_grad()
        loss = dice(network(image, shaken, 1, True), target)
        loss.backward()
        optimiser.step()
        losses.append(loss.detach())
    curves.append(torch.stack(losses))
outputs['curves'] = torch.stack(curves)
`,
    { images: stacked('images'), targets: stacked('targets'), ...start },
  );
  const theirs = Array.from({ length: runs }, (_, run) =>
    curves!.data.subarray(run * steps, (run + 1) * steps),
  );
  // The first run starts where ours does, and stays with it until rounding tells.
  for (let step = 0; step < 30; step++) {
    const [loss, wanted] = [ours[step]!, theirs[0]![step]!];
    expect(Math.abs(loss - wanted) / wanted, `step ${step}: ${loss}, torch ${wanted}`).toBeLessThan(1e-3);
  }
  const distance = (a: ArrayLike<number>, b: ArrayLike<number>) =>
    Math.sqrt(Array.from(a, (v, i) => (v - b[i]!) ** 2).reduce((sum, v) => sum + v, 0) / steps);
  const own = theirs.slice(1).map((curve) => distance(curve, theirs[0]!));
  const oursApart = distance(ours, theirs[0]!);
  expect(oursApart, `ours is ${oursApart} from torch, torch's own ${own}`).toBeLessThan(Math.max(...own));
  expect(ours.at(-1)!).toBeLessThan(0.5 * ours[0]!);
});
