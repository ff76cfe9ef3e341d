/** Learning rates over the steps of a training. Steps count from 0; `total` is the planned number of steps. */
import { AutogradError } from '../errors.ts';

export type Schedule =
  | { readonly kind: 'constant' }
  /** Half a cosine from the base rate down to `floor` times it. */
  | { readonly kind: 'cosine'; readonly floor?: number; readonly warmupSteps?: number }
  /** (1 - step / total) ^ power, as nnU-Net uses with power 0.9. */
  | { readonly kind: 'polynomial'; readonly power?: number; readonly warmupSteps?: number }
  /** Times `factor` every `every` steps. */
  | { readonly kind: 'step'; readonly every: number; readonly factor?: number };

export function learningRateAt(schedule: Schedule, base: number, step: number, total: number): number {
  const warmup = 'warmupSteps' in schedule ? (schedule.warmupSteps ?? 0) : 0;
  if (step < warmup) return (base * (step + 1)) / (warmup + 1);
  const progress = Math.min(1, (step - warmup) / Math.max(1, total - warmup));
  switch (schedule.kind) {
    case 'constant':
      return base;
    case 'cosine': {
      const floor = schedule.floor ?? 0;
      return base * (floor + ((1 - floor) * (1 + Math.cos(Math.PI * progress))) / 2);
    }
    case 'polynomial':
      return base * (1 - progress) ** (schedule.power ?? 0.9);
    case 'step':
      return base * (schedule.factor ?? 0.1) ** Math.floor(step / schedule.every);
    default:
      throw new AutogradError('BAD_ARGUMENT', `unknown learning-rate schedule ${JSON.stringify(schedule)}`);
  }
}
