/** Resampling against scipy.ndimage, on a volume of random values with a border of outside. */
import { describe, expect } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { invertAffine, multiplyAffines } from '../geometry/affine.ts';
import { randomVolume, turnedAffine } from '../geometry/synthetic-volume.test-helper.ts';
import type { Shape3 } from '../volume/volume.ts';
import { antiAliasSigma } from './interpolation-weights.ts';
import { largestDifference } from './naive-resample.test-helper.ts';
import { resample } from './resample.ts';

const source = randomVolume([24, 21, 19], turnedAffine([1.1, 0.9, 1.3], [0.1, 0, 0.2], [-12, -9, -11]), 4);

// scipy's arrays are [i, j, k] here; 'nearest' continues the source by its outermost values, as we do for
// half a voxel, and everything further out is overwritten by the fill value.
const script = `
import json, sys, numpy as np
from scipy import ndimage as nd
q = json.load(sys.stdin)
a = np.array(q['data'], dtype=np.float64).reshape(q['shape'], order='F')
for axis, sigma in enumerate(q['sigmas']):
    if sigma > 0:
        a = nd.gaussian_filter1d(a, sigma, axis=axis, mode='nearest', truncate=np.ceil(4 * sigma) / sigma)
m = np.array(q['matrix']).reshape(4, 4)
i = np.indices(q['target']).reshape(3, -1)
p = m[:3, :3] @ i + m[:3, 3:]
v = nd.map_coordinates(a, p, order=q['order'], mode='nearest')
outside = ((p < -0.5) | (p > np.array(q['shape'])[:, None] - 0.5)).any(0)
v[outside] = q['fill']
print(json.dumps(v.reshape(q['target']).ravel(order='F').tolist()))`;

const target: Shape3 = [20, 26, 17];
const cases = [
  { name: 'axis-aligned', affine: turnedAffine([1.4, 0.8, 1.6], [0.1, 0, 0.2], [-14, -11, -12]) },
  { name: 'oblique', affine: turnedAffine([1.2, 1, 1.5], [-0.3, 0.25, 0.6], [-6, -12, -14]) },
  { name: 'coarser', affine: turnedAffine([2.6, 2.1, 2.9], [0.1, 0, 0.2], [-13, -10, -12]) },
];

describe('resample matches scipy', () => {
  for (const { name, affine } of cases) {
    for (const [order, method] of (['nearest', 'linear'] as const).entries()) {
      for (const antiAlias of method === 'linear' ? [false, true] : [false]) {
        testWithPython(`${method}, ${name}${antiAlias ? ', smoothed' : ''}`, ['scipy'], () => {
          const matrix = multiplyAffines(invertAffine(source.voxelToWorld), affine);
          const sigmas = [0, 1, 2].map((axis) =>
            antiAlias ? antiAliasSigma(Math.hypot(...matrix.slice(axis * 4, axis * 4 + 3))) : 0,
          );
          const query = {
            data: [...source.data],
            shape: source.shape,
            sigmas,
            matrix,
            target,
            order,
            fill: 7,
          };
          const expected: number[] = JSON.parse(runPython(script, [], JSON.stringify(query)));
          const options = { method, antiAlias, fill: 7, dataType: 'float64' } as const;
          const { data } = resample(source, { shape: target, voxelToWorld: affine }, options);
          expect(largestDifference(data, expected)).toBeLessThan(5e-3);
          expect(data.filter((value) => value !== 7).length).toBeGreaterThan(500);
          expect(data.filter((value) => value === 7).length).toBeGreaterThan(data.length / 20);
        });
      }
    }
  }
});
