/** Made-up volume networks that see the made-up heads by intensity, in the place of trained ones. */
import type { Shape3 } from '@ventriseg/imaging';
import { pairNetworks, type VolumeNetwork, type VolumeNetworks } from './volume-networks.ts';

type Classes = VolumeNetwork['metadata']['classes'];

const named = (labels: readonly number[]): Classes =>
  labels.map((label, at) => ({ name: `class ${at}`, label }));

/** Gives one class full probability where a rule says so: class of a voxel by its intensity and place. */
export function ruleNetwork(
  role: 'locate' | 'segment',
  labels: readonly number[],
  classOf: (value: number, x: number, y: number, z: number, shape: Shape3) => number,
  probability = 1,
): VolumeNetwork & { readonly shapes: Shape3[] } {
  const shapes: Shape3[] = [];
  return {
    shapes,
    metadata: {
      name: role,
      role,
      spacingMm: role === 'locate' ? 4 : 1,
      divisor: role === 'locate' ? 8 : 16,
      classes: named(labels),
      steps: 7,
    },
    sha256: (role === 'locate' ? 'a' : 'b').repeat(64),
    path: `${role}.onnx`,
    run: async (image, shape) => {
      shapes.push(shape);
      const count = image.length;
      const out = new Float32Array(count * labels.length).fill((1 - probability) / (labels.length - 1));
      const [nx, ny] = shape;
      for (let at = 0; at < count; at++) {
        const own = classOf(image[at]!, at % nx, Math.floor(at / nx) % ny, Math.floor(at / nx / ny), shape);
        out[own * count + at] = probability;
      }
      return out;
    },
    release: async () => {},
  };
}

export interface MadeUpPair extends VolumeNetworks {
  readonly locate: ReturnType<typeof ruleNetwork>;
  readonly segment: ReturnType<typeof ruleNetwork>;
}

/**
 * The pair that sees heads of 100 with ventricles of 220: in the coarse image, where 1 is about the ventricles',
 * what is over 0.2 is inside and what is over 0.7 ventricle; in the fine one what is over 1.5 standard deviations
 * is ventricle. Left of the middle of what it sees is left.
 */
export function intensityPair(probability = 1): MadeUpPair {
  const locate = ruleNetwork('locate', [0, 0, 4, 43, 14, 15], (value) =>
    value > 0.7 ? 2 : value > 0.2 ? 1 : 0,
  );
  const segment = ruleNetwork(
    'segment',
    [0, 4, 43],
    (value, x, _y, _z, [nx]) => (value < 1.5 ? 0 : x > nx / 2 - 0.5 ? 1 : 2),
    probability,
  );
  return { ...pairNetworks(locate, segment), locate, segment };
}
