/** The mean gradient of batches that are handed over one after the other, for one step on all of them. */
import type { GradientShare } from './gradient-lane.ts';

export class GradientSum {
  private sum: GradientShare | undefined;
  private images = 0;

  /** Images added so far. */
  get size(): number {
    return this.images;
  }

  /** Running statistics after the last batch; undefined before the first. */
  get state(): Float32Array | undefined {
    return this.sum?.state;
  }

  /** @param share mean loss and gradient of `size` images; the sum may keep its arrays */
  add(share: GradientShare, size: number): void {
    const before = this.sum;
    this.images += size;
    if (before === undefined) {
      this.sum = share;
      return;
    }
    const weight = size / this.images;
    const kept = 1 - weight;
    const { gradient } = before;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i] = kept * gradient[i]! + weight * share.gradient[i]!;
    }
    this.sum = { loss: kept * before.loss + weight * share.loss, gradient, state: share.state };
  }

  /** The mean of all, which is then forgotten; undefined where nothing was added. */
  take(): GradientShare | undefined {
    const { sum } = this;
    this.sum = undefined;
    this.images = 0;
    return sum;
  }
}
