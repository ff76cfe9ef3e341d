import { createVolume } from '@ventriseg/imaging';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Brush, LabelEditor } from './label-editor.ts';

// Voxels of 1 x 2 x 4 mm.
const affine = [1, 0, 0, 0, 0, 2, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1];
const blank = () => createVolume(new Uint8Array(9 * 7 * 5), [9, 7, 5], affine);
const index = (x: number, y: number, z: number) => x + 9 * (y + 7 * z);
const brush = (given: Partial<Brush> = {}): Brush => ({
  label: 4,
  radiusMm: 2,
  flatAxis: undefined,
  ...given,
});

describe('LabelEditor', () => {
  test('a ball is round in mm, not in voxels', () => {
    const editor = new LabelEditor(blank());
    const changed = editor.paint([4, 3, 2], [4, 3, 2], brush());
    // 2 mm: two voxels along x, one along y, none along z (4 mm); no diagonals but (+-0, +-1) are exactly 2 mm.
    const expected = [2, 3, 4, 5, 6].map((x) => index(x, 3, 2));
    expected.push(index(4, 2, 2), index(4, 4, 2));
    expect(changed.sort((a, b) => a - b)).toEqual(expected.sort((a, b) => a - b));
    expect(editor.counts[4]).toBe(7);
  });

  test('a disc stays in its slice', () => {
    const editor = new LabelEditor(blank());
    editor.paint([4, 3, 2], [4, 3, 2], brush({ radiusMm: 4, flatAxis: 0 }));
    for (let at = 0; at < editor.volume.data.length; at++) {
      if (editor.volume.data[at] !== 0) expect(at % 9).toBe(4);
    }
    // y: -2..2 voxels of 2 mm, z: -1..1 of 4 mm, within 4 mm: 5 + 1 + 1.
    expect(editor.counts[4]).toBe(7);
  });

  test('a fast stroke leaves no gaps, and is cut off at the border', () => {
    const editor = new LabelEditor(blank());
    editor.paint([0, 0, 0], [8, 0, 0], brush({ radiusMm: 0 }));
    expect([...editor.volume.data.subarray(0, 10)]).toEqual([4, 4, 4, 4, 4, 4, 4, 4, 4, 0]);
  });

  test('erases with label 0, and a new stroke forgets what was undone', () => {
    const editor = new LabelEditor(blank());
    editor.paint([4, 3, 2], [4, 3, 2], brush());
    expect(editor.endStroke()).toBe(true);
    editor.paint([4, 3, 2], [4, 3, 2], brush({ label: 0, radiusMm: 0 }));
    editor.endStroke();
    expect([editor.counts[4], editor.strokes]).toEqual([6, 2]);
    expect([...editor.undo()]).toEqual([index(4, 3, 2)]);
    expect([editor.counts[4], editor.canRedo]).toEqual([7, true]);
    editor.paint([0, 0, 0], [0, 0, 0], brush({ label: 43, radiusMm: 0 }));
    editor.endStroke();
    expect([editor.canRedo, editor.redo().length, editor.strokes]).toEqual([false, 0, 2]);
  });

  test('a stroke that changes nothing is none', () => {
    const editor = new LabelEditor(blank());
    editor.paint([4, 3, 2], [4, 3, 2], brush({ label: 0 }));
    expect([editor.endStroke(), editor.canUndo]).toEqual([false, false]);
  });

  test('undoing everything gives the first labels back, redoing the last ones; counts stay true', () => {
    const voxel = fc.tuple(fc.nat(8), fc.nat(6), fc.nat(4));
    const stroke = fc.record({
      from: voxel,
      to: voxel,
      label: fc.constantFrom(0, 4, 43),
      radiusMm: fc.constantFrom(0, 1.5, 3, 8),
      flatAxis: fc.constantFrom(undefined, 0, 1, 2) as fc.Arbitrary<Brush['flatAxis']>,
    });
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 6 }), (strokes) => {
        const first = Uint8Array.from(blank().data, (_, at) => (at % 11 === 0 ? 43 : 0));
        const editor = new LabelEditor({ ...blank(), data: first.slice() });
        for (const { from, to, ...how } of strokes) {
          editor.paint(from, to, how);
          editor.endStroke();
        }
        const last = editor.volume.data.slice();
        const counted = [0, 4, 43].map((label) => last.filter((value) => value === label).length);
        expect([0, 4, 43].map((label) => editor.counts[label])).toEqual(counted);
        while (editor.canUndo) editor.undo();
        expect(editor.volume.data).toEqual(first);
        while (editor.canRedo) editor.redo();
        expect(editor.volume.data).toEqual(last);
      }),
      { numRuns: 50 },
    );
  });
});
