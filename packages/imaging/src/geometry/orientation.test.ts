import { describe, expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { affineDeterminant } from './affine.ts';
import { axisCodes, axisDirections, parseAxisCodes } from './orientation.ts';
import { all48Orders, seededRandom, turnedAffine } from './synthetic-volume.test-helper.ts';

describe('axis codes', () => {
  test('of known volumes', () => {
    expect(axisCodes([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1])).toBe('RAS');
    expect(axisCodes([-1, 0, 0, 128, 0, 0, 1, -128, 0, -1, 0, 128, 0, 0, 0, 1])).toBe('LIA');
    expect(axisCodes([0, 0, 2, 0, -2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1])).toBe('PSR');
  });

  test('of an oblique grid are those of the nearest axes', () => {
    expect(axisCodes(turnedAffine([1, 1, 5], [0.7, 0, 0], [0, 0, 0]))).toBe('RAS');
    expect(axisCodes(turnedAffine([1, 1, 5], [0.9, 0, 0], [0, 0, 0]))).toBe('RSP');
  });

  test('name each direction', () => {
    expect(axisDirections([-1, 0, 0, 0, 0, 0, 1, 0, 0, -1, 0, 0, 0, 0, 0, 1])).toEqual([
      { worldAxis: 0, sign: -1 },
      { worldAxis: 2, sign: -1 },
      { worldAxis: 1, sign: 1 },
    ]);
  });

  test('are refused when they are not an order', () => {
    for (const bad of ['', 'RA', 'RAR', 'RLS', 'ras', 'RASX', 'XYZ']) {
      expect(() => parseAxisCodes(bad), bad).toThrow(/is not an axis order/);
    }
    expect(all48Orders.filter((codes) => parseAxisCodes(codes))).toHaveLength(48);
    expect(new Set(all48Orders).size).toBe(48);
  });

  test('are refused for a singular matrix', () => {
    expect(() => axisCodes([1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])).toThrow(/no orientation/);
  });

  test('of an axis stay the same when the axes are stored in another order', () => {
    // Turned by 45 degrees and more about all axes, so that two axes compete for one direction.
    const random = seededRandom(5);
    for (let n = 0; n < 300; n++) {
      const affine = turnedAffine([1, 1, 1], [random() * 6.3, random() * 6.3, random() * 6.3], [0, 0, 0]);
      const [a, b, c] = axisCodes(affine);
      const rotated = affine.map((_, at) => affine[(at % 4 < 3 ? [1, 2, 0][at % 4]! : 3) + at - (at % 4)]!);
      expect(axisCodes(rotated)).toBe(`${b}${c}${a}`);
    }
  });

  testWithPython('match nibabel on 400 turned, sheared and stretched grids', ['nibabel'], () => {
    const random = seededRandom(11);
    const affines: number[][] = [];
    while (affines.length < 400) {
      const angles = [random() * 6.3, random() * 6.3, random() * 6.3] as const;
      const affine = turnedAffine(
        [0.3 + random() * 3, 0.3 + random() * 3, 0.3 + random() * 6],
        angles,
        [1, 2, 3],
      );
      if (affines.length % 2) for (const n of [1, 2, 6]) affine[n]! += random() - 0.5;
      if (random() < 0.5) for (const n of [0, 4, 8]) affine[n]! *= -1;
      if (Math.abs(affineDeterminant(affine)) > 0.05) affines.push(affine);
    }
    const script = `
import json, sys, numpy as np, nibabel as nib
out = []
for a in json.load(sys.stdin):
    a = np.array(a).reshape(4, 4)
    u, _, v = np.linalg.svd(a[:3, :3] / np.sqrt((a[:3, :3] ** 2).sum(0)))
    clear = len(set(np.abs(u @ v).argmax(0))) == 3
    out.append([''.join(nib.aff2axcodes(a)), clear])
print(json.dumps(out))`;
    const expected: [string, boolean][] = JSON.parse(runPython(script, [], JSON.stringify(affines)));
    let compared = 0;
    expected.forEach(([codes, eachAxisHasItsOwnDirection], n) => {
      if (!eachAxisHasItsOwnDirection) return;
      expect(axisCodes(affines[n]!)).toBe(codes);
      compared++;
    });
    expect(compared).toBeGreaterThan(300);
  });
});
