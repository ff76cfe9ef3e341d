/** A task that a small network learns in seconds: bright discs on a zero background, with noise inside the "head". */
import { SeededRandom } from '../random/seeded-random.ts';
import type { Batch } from '../training/chunk.ts';

/** `size` images of `width` x `width`, one channel; one mask each. The outermost pixels are exactly 0. */
export function discs(size: number, width: number, seed: number): Batch {
  const random = new SeededRandom(seed);
  const images = new Float32Array(size * width * width);
  const targets = new Float32Array(images.length);
  for (let n = 0; n < size; n++) {
    const radius = random.uniform(width / 8, width / 4);
    const [cx, cy] = [
      random.uniform(radius + 2, width - radius - 2),
      random.uniform(radius + 2, width - radius - 2),
    ];
    for (let y = 2; y < width - 2; y++) {
      for (let x = 2; x < width - 2; x++) {
        const at = (n * width + y) * width + x;
        const inside = Math.hypot(x - cx, y - cy) < radius;
        images[at] = (inside ? 1 : 0.4) + 0.2 * random.normal();
        targets[at] = inside ? 1 : 0;
      }
    }
  }
  return { images, targets, size };
}
