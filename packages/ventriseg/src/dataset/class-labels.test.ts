import { createVolume } from '@ventriseg/imaging';
import { describe, expect, test } from 'vitest';
import { toClasses, treatHoles } from './class-labels.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const cube = 7;
const at = (x: number, y: number, z: number) => x + cube * (y + cube * z);

/** A 5^3 block of class 1 (left half) and 2, in a border of background. */
function block() {
  const data = new Uint8Array(cube ** 3);
  for (let z = 1; z < 6; z++) {
    for (let y = 1; y < 6; y++) for (let x = 1; x < 6; x++) data[at(x, y, z)] = x < 3 ? 1 : 2;
  }
  return createVolume(data, [cube, cube, cube], identity);
}

describe('class labels', () => {
  test('labels become the number of their class, others background', () => {
    const canonical = createVolume(Uint8Array.of(0, 4, 43, 14, 5), [5, 1, 1], identity);
    const classes = [
      { name: 'lateral', labels: [4 as const, 43 as const] },
      { name: 'third', labels: [14 as const] },
    ];
    expect([...toClasses(canonical, classes).data]).toEqual([0, 1, 1, 2, 0]);
  });

  test('a cavity is a hole in 3-D and in slices; a tunnel only in the slices across it', () => {
    const labels = block();
    labels.data[at(3, 3, 3)] = 0;
    for (let x = 0; x < cube; x++) labels.data[at(x, 2, 2)] = 0;
    expect(treatHoles(labels, 0, 'none').holes).toEqual({ voxels3d: 1, voxels2d: 1 + 5, filled: 0 });
    expect(treatHoles(labels, 1, 'none').holes).toEqual({ voxels3d: 1, voxels2d: 1, filled: 0 });
    expect(treatHoles(labels, 0, 'none').classes).toBe(labels);
  });

  test('holes are filled with the class around them, as far as asked', () => {
    const labels = block();
    labels.data[at(2, 3, 3)] = 0;
    labels.data[at(5, 3, 3)] = 2;
    for (let x = 0; x < cube; x++) labels.data[at(x, 2, 2)] = 0;
    const before = labels.data.slice();
    const in3d = treatHoles(labels, 0, '3d');
    expect(in3d.holes.filled).toBe(1);
    expect(in3d.classes.data[at(2, 3, 3)]).toBeGreaterThan(0);
    expect(in3d.classes.data[at(4, 2, 2)]).toBe(0);
    const in2d = treatHoles(labels, 0, '2d');
    expect(in2d.holes.filled).toBe(6);
    expect([1, 2, 3, 4, 5].map((x) => in2d.classes.data[at(x, 2, 2)])).toEqual([1, 1, 2, 2, 2]);
    expect(in2d.classes.data[at(0, 2, 2)]).toBe(0);
    expect(labels.data).toEqual(before);
  });

  test('a wide hole is filled from all sides towards its middle', () => {
    const labels = block();
    for (let z = 2; z < 5; z++) {
      for (let y = 2; y < 5; y++) for (let x = 2; x < 5; x++) labels.data[at(x, y, z)] = 0;
    }
    const { classes, holes } = treatHoles(labels, 0, '3d');
    expect(holes).toEqual({ voxels3d: 27, voxels2d: 27, filled: 27 });
    expect(classes.data.filter((value) => value === 0).length).toBe(cube ** 3 - 125);
    expect(classes.data[at(4, 3, 3)]).toBe(2);
  });
});
