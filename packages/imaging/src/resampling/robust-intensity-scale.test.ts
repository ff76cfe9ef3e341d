import { describe, expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { seededRandom } from '../geometry/synthetic-volume.test-helper.ts';
import { robustIntensityScale } from './robust-intensity-scale.ts';

describe('robustIntensityScale', () => {
  test('by hand: 10,000 non-zero voxels, of which the brightest ten are passed', () => {
    // Ten voxels of 1000 (bin 999 of 0..1000), the rest from 1 to 499 (bins 1 to 499).
    const data = Int16Array.from({ length: 12_000 }, (_, n) =>
      n < 2000 ? 0 : n < 2010 ? 1000 : 1 + (n % 499),
    );
    // trunc((1 - 0.999) * 10000) is 10: bin 999 holds 10 voxels, so the limit is the bin below it.
    expect(robustIntensityScale(data)).toEqual({ srcMin: 0, scale: 255 / 998 });
    // One voxel fewer there, and the limit falls to the bin below the next full one, 499.
    data[2000] = 1;
    expect(robustIntensityScale(data)).toEqual({ srcMin: 0, scale: 255 / 498 });
  });

  test('starts from the minimum, also a negative one', () => {
    const data = Float32Array.from({ length: 1000 }, (_, n) => n - 200);
    const { srcMin, scale } = robustIntensityScale(data);
    expect(srcMin).toBe(-200);
    expect(255 / scale + srcMin).toBeCloseTo(799, -1);
  });

  test('leaves a constant scan alone', () => {
    expect(robustIntensityScale(new Uint16Array(50).fill(7))).toEqual({ srcMin: 7, scale: 1 });
    expect(robustIntensityScale(new Float32Array(50))).toEqual({ srcMin: 0, scale: 1 });
  });

  test('looks more finely where a few extreme voxels would make everything else black', () => {
    const data = Float32Array.from({ length: 100_000 }, (_, n) => 1 + (n % 100));
    const plain = robustIntensityScale(data).scale;
    data.fill(1e9, 0, 5);
    const { srcMin, scale } = robustIntensityScale(data);
    expect(srcMin).toBe(1);
    expect(scale / plain).toBeCloseTo(1, 1);
  });

  testWithPython("matches FastSurfer's getscale unless the count is met exactly", ['numpy'], () => {
    const random = seededRandom(21);
    const scans = Array.from({ length: 16 }, (_, which) =>
      Float64Array.from({ length: 20_000 }, () => {
        if (random() < 0.4) return 0;
        const value = 300 * (1 + which) * random() ** 0.6;
        return which % 2 ? Math.round(value) : Math.fround(value);
      }),
    );
    const bytes = new Uint8Array(Float64Array.from(scans.flatMap((scan) => [...scan])).buffer);
    // FastSurfer's published rule: the first bin edge below which all but the passed voxels lie, less two.
    const script = `
import json, sys, numpy as np
out = []
for d in np.frombuffer(sys.stdin.buffer.read(), dtype='<f8').reshape(16, -1):
    counts, edges = np.histogram(d, 1000)
    below = np.concatenate(([0], np.cumsum(counts)))
    wanted = d.size - int((1.0 - 0.999) * (np.abs(d) >= 1e-15).sum())
    top = edges[np.nonzero(below >= wanted)[0][0] - 2]
    out.append([float(d.min()), float(top), bool((below == wanted).any())])
print(json.dumps(out))`;
    const expected: [number, number, boolean][] = JSON.parse(runPython(script, [], bytes));
    let compared = 0;
    expected.forEach(([min, top, metExactly], n) => {
      const { srcMin, scale } = robustIntensityScale(scans[n]!);
      expect(srcMin).toBe(min);
      if (metExactly) {
        expect(255 / scale + srcMin).toBeGreaterThan(top);
        return;
      }
      expect(255 / scale + srcMin).toBeCloseTo(top, 6);
      compared++;
    });
    expect(compared).toBeGreaterThanOrEqual(6);
  });
});
