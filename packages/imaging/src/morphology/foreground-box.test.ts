import { describe, expect, test } from 'vitest';
import { cropMask, foregroundBox, growBox, pasteMask, unionBox } from './foreground-box.ts';
import { drawn, maskOf } from './masks.test-helper.ts';

const mask = drawn([
  ['.....', '.....', '.....'],
  ['.....', '..5..', '....1'],
]);

describe('foregroundBox', () => {
  test('holds all that is not zero', () => {
    expect(foregroundBox(mask)).toEqual({ start: [2, 1, 1], size: [3, 2, 1] });
    expect(foregroundBox(maskOf([0, 0], [2, 1, 1]))).toBeUndefined();
  });

  test('boxes join and grow, beyond the grid too', () => {
    const a = { start: [2, 1, 1], size: [3, 2, 1] } as const;
    const b = { start: [0, 2, 1], size: [1, 4, 1] } as const;
    expect(unionBox(a, b)).toEqual({ start: [0, 1, 1], size: [5, 5, 1] });
    expect(unionBox(undefined, b)).toBe(b);
    expect(growBox(a, [3, 1, 0])).toEqual({ start: [-1, 0, 1], size: [9, 4, 1] });
  });

  test('a crop beyond the grid reads zeros there and pastes back what was inside', () => {
    const room = { start: [1, 0, 1], size: [6, 4, 2] } as const;
    const cropped = cropMask(mask.data, mask.shape, room);
    expect([...cropped.slice(0, 18)].join('')).toBe('000000010000000100');
    expect(cropped.reduce((sum, value) => sum + value)).toBe(2);
    const out = new Uint8Array(mask.data.length);
    pasteMask(cropped, room, out, mask.shape);
    expect([...out]).toEqual(Array.from(mask.data, (value) => (value ? 1 : 0)));
  });
});
