/** Optimisers beside those of PyTorch. */
import { expect } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { relativeError, type Tensor64, tensor64 } from '../testing/tensor64.test-helper.ts';
import { runTorch } from '../testing/torch-oracle.test-helper.ts';
import type { Optimiser } from './optimiser.ts';
import { COUNT, type Run, rateAt, runOptimiser, STEPS, start } from './optimiser-run.test-helper.ts';

testWithPython('fifty steps are those of torch.optim', ['torch'], async () => {
  const cases: Record<string, [Optimiser, string]> = {
    sgd: [
      { kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 0.1 },
      'torch.optim.SGD([w], lr=1, momentum=0.9, nesterov=True, weight_decay=0.1)',
    ],
    adam: [{ kind: 'adam', weightDecay: 0.1 }, 'torch.optim.Adam([w], lr=1, weight_decay=0.1)'],
    adamw: [{ kind: 'adamw', weightDecay: 0.3 }, 'torch.optim.AdamW([w], lr=1, weight_decay=0.3)'],
  };
  const inputs: Record<string, Tensor64> = {
    start: tensor64([COUNT], start),
    rates: tensor64(
      [STEPS],
      Array.from({ length: STEPS }, (_, t) => rateAt(t)),
    ),
  };
  const runs: Record<string, Run> = {};
  let script = '';
  for (const [name, [optimiser, torch]] of Object.entries(cases)) {
    const run = await runOptimiser(optimiser, { clipNorm: 3 });
    runs[name] = run;
    inputs[name] = tensor64(
      [STEPS, COUNT],
      run.gradients.flatMap((g) => [...g]),
    );
    script += `
w = torch.nn.Parameter(inputs['start'].clone())
optimiser = ${torch}
for gradient, rate in zip(inputs['${name}'], inputs['rates']):
    w.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_([w], 3)
    optimiser.param_groups[0]['lr'] = rate.item()
    optimiser.step()
outputs['${name}'] = w
`;
  }
  const outputs = runTorch(script, inputs);
  for (const [name, run] of Object.entries(runs)) {
    expect(relativeError(run.weights, outputs[name]!.data), name).toBeLessThan(2e-5);
  }
});
