import { createVolume, encodeStl, readScan, voxelVolumeMl } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { ventricles } from '../labels/index.ts';
import { encodeVentriclePly, ventricleSurfaces } from './ventricle-surfaces.ts';

/** A volume whose first axis runs to the patient's left, as FreeSurfer's do, with labels at some voxels. */
function labelled(voxels: readonly (readonly [x: number, y: number, z: number, label: number])[]) {
  const data = new Int16Array(8 * 9 * 10);
  for (const [x, y, z, label] of voxels) data[x + 8 * (y + 9 * z)] = label;
  return createVolume(data, [8, 9, 10], [-1, 0, 0, 20, 0, 2, 0, -30, 0, 0, 1, 5, 0, 0, 0, 1]);
}

const some = labelled([
  [1, 1, 1, 15],
  [5, 4, 3, 4],
  [5, 5, 3, 4],
  [5, 5, 4, 4],
  [6, 8, 9, 260],
  [0, 0, 0, 2],
]);

test('each ventricle that occurs has a closed surface where its voxels are, tiny parts kept', () => {
  const surfaces = ventricleSurfaces(some, { smoothingSteps: 0 });
  expect(surfaces.map(({ number, title, colour }) => [number, title, colour])).toEqual([
    [4, 'left lateral ventricle', [120, 18, 134]],
    [15, 'fourth ventricle', [42, 204, 164]],
  ]);
  expect(surfaces.map(({ measures }) => measures.isClosed)).toEqual([true, true]);
  expect(surfaces[0]!.measures.volumeMl).toBeCloseTo(0.006, 9);
  expect(surfaces[1]!.measures).toMatchObject({
    volumeMl: expect.closeTo(0.002, 9),
    areaMm2: expect.closeTo(10, 5),
  });
  // Voxel 1, 1, 1 has its middle at 19, -28, 6.
  const { positions } = surfaces[1]!;
  const range = [0, 1, 2].map((d) => {
    const along = [...positions].filter((_, at) => at % 3 === d);
    return [Math.min(...along), Math.max(...along)];
  });
  expect(range).toEqual([
    [18.5, 19.5],
    [-29, -27],
    [5.5, 6.5],
  ]);
});

test('labels without a ventricle have no surfaces', () => {
  expect(ventricleSurfaces(labelled([[1, 1, 1, 2]]))).toEqual([]);
});

test('the PLY file says what its surfaces are', () => {
  const header = new TextDecoder('latin1').decode(encodeVentriclePly(ventricleSurfaces(some)));
  expect(header).toMatch(/^ply\nformat binary_little_endian 1\.0\n/);
  expect(header).toMatch(/\ncomment cerebral ventricles by ventriseg \d+\.\d+\.\d+; not a medical device\n/);
  expect(header).toMatch(
    /\ncomment left lateral ventricle: FreeSurfer label 4 Left-Lateral-Ventricle, 0\.006 mL, \d+ mm2\n/,
  );
  expect(header).toContain('\ncomment fourth ventricle: 8 vertices from 16, colour 42 204 164\n');
});

testWithData("surfaces of FreeSurfer's labels enclose what they count", async () => {
  const file = 'freesurfer-subjects/atlas/mri/aseg.mgz';
  const { volume } = await readScan(dataBytes(file), { path: file });
  const surfaces = ventricleSurfaces(volume);
  expect(surfaces.map(({ number }) => number)).toEqual(ventricles.map(({ number }) => number));
  const counts = new Uint32Array(256);
  for (const label of volume.data) if (label < 256) counts[label]!++;
  for (const { number, title, measures } of surfaces) {
    expect(measures.isClosed, title).toBe(true);
    expect(Math.abs(measures.volumeMl / (counts[number]! * voxelVolumeMl(volume)) - 1), title).toBeLessThan(
      1e-4,
    );
  }
  // The left lateral ventricle lies to the left of the right one, above the fourth.
  const mean = (k: number, d: number) => {
    const along = surfaces[k]!.positions.filter((_, at) => at % 3 === d);
    return along.reduce((sum, value) => sum + value, 0) / along.length;
  };
  expect(mean(0, 0)).toBeLessThan(mean(1, 0));
  expect(mean(0, 2)).toBeGreaterThan(mean(5, 2));
  const triangles = surfaces.reduce((sum, surface) => sum + surface.triangles.length / 3, 0);
  expect(encodeStl(surfaces)).toHaveLength(84 + 50 * triangles);
});
