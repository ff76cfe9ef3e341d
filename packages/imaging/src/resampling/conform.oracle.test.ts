/**
 * Conforming real scans, against scipy (voxel by voxel) and niimath's `-conform`.
 *
 * niimath 1.0 places the grid like FreeSurfer, but cuts the source position of each row to a whole voxel, scales
 * every type, and to the 98th percentile. So only scans of 1 mm are compared, with the cut made good in the grid and
 * the scale fitted.
 */
import { readFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import { runPython, skipWithoutPython } from '../../../../test/python-oracle.ts';
import { dataBytes, dataPath, testWithData } from '../../../../test/shared-data.ts';
import { axisCodes } from '../geometry/orientation.ts';
import { reorient } from '../geometry/reorient.ts';
import { readScan } from '../volume/scan-file.ts';
import type { Volume } from '../volume/volume.ts';
import { conform, conformGrid } from './conform.ts';
import { largestDifference } from './naive-resample.test-helper.ts';
import { resample } from './resample.ts';

const niimathFolder = new URL('../../../../node_modules/@niivue/niimath/dist/', import.meta.url);

async function niimathConform(scan: Uint8Array): Promise<Volume> {
  const { default: createModule } = await import(new URL('niimath.js', niimathFolder).href);
  const module = await createModule({
    noInitialRun: true,
    print: () => undefined,
    wasmBinary: readFileSync(new URL('niimath.wasm', niimathFolder)),
  });
  module.FS_createDataFile('.', 'scan.nii.gz', new Uint8Array(scan), true, true);
  const code = module.callMain(['scan.nii.gz', '-gz', '0', '-conform', 'out.nii']);
  expect(code).toBe(0);
  return (await readScan(module.FS_readFile('out.nii'))).volume;
}

/** Least-squares line from ours to theirs where both are inside the range, and the largest distance from it. */
function fitLine(ours: ArrayLike<number>, theirs: ArrayLike<number>) {
  let [n, sx, sy, sxx, sxy] = [0, 0, 0, 0, 0];
  const use = (i: number) => ours[i]! > 0 && theirs[i]! > 0 && theirs[i]! < 255;
  for (let i = 0; i < ours.length; i++) {
    if (!use(i)) continue;
    n++;
    sx += ours[i]!;
    sy += theirs[i]!;
    sxx += ours[i]! ** 2;
    sxy += ours[i]! * theirs[i]!;
  }
  const slope = (n * sxy - sx * sy) / (n * sxx - sx * sx);
  const intercept = (sy - slope * sx) / n;
  let largest = 0;
  for (let i = 0; i < ours.length; i++) {
    if (use(i)) largest = Math.max(largest, Math.abs(intercept + slope * ours[i]! - theirs[i]!));
  }
  return { voxels: n, slope, intercept, largest };
}

describe('conform of real scans', () => {
  testWithData('equals niimath on a scan that is conformed already, up to its scale', async () => {
    const bytes = dataBytes('unlabelled', 't1_crop.nii.gz');
    const ours = conform((await readScan(bytes)).volume);
    const theirs = await niimathConform(bytes);
    expect(theirs.voxelToWorld.map((v) => +v.toFixed(3))).toEqual(
      ours.volume.voxelToWorld.map((v) => +v.toFixed(3)),
    );
    const fit = fitLine(ours.volume.data, theirs.data);
    expect(fit.voxels).toBeGreaterThan(3e6);
    expect(fit.largest).toBeLessThan(1);
  });

  testWithData('equals niimath on a 1 mm scan in another order, half a voxel put right', async () => {
    const bytes = dataBytes('oasis-manual', '1000_T1.nii.gz');
    const { volume } = await readScan(bytes);
    expect(axisCodes(volume.voxelToWorld)).toBe('LAS');
    const theirs = await niimathConform(bytes);
    const grid = conformGrid(volume, { centre: 'freesurfer' });
    expect(theirs.voxelToWorld.map((v) => +v.toFixed(3))).toEqual(
      grid.voxelToWorld.map((v) => +v.toFixed(3)),
    );
    // 167 slices: the middle lies between two, and niimath drops the half.
    const cut = { ...grid, voxelToWorld: grid.voxelToWorld.with(11, grid.voxelToWorld[11]! - 0.5) };
    const fit = fitLine(resample(volume, cut).data, theirs.data);
    expect(fit.voxels).toBeGreaterThan(1e6);
    expect(fit.largest).toBeLessThan(1);
  });

  const scans = [
    ['unlabelled', 'chris_t1.nii.gz'],
    ['ixi-2mm', 'IXI012-HH-1211_T1.nii.gz'],
  ] as const;

  for (const [folder, file] of scans) {
    testWithData(`${file}: the same result however it is stored`, async () => {
      const { volume } = await readScan(dataBytes(folder, file));
      const expected = conform(volume);
      for (const codes of ['LPI', 'SAR', 'AIL']) {
        const result = conform(reorient(volume, codes));
        expect(result.scale).toEqual(expected.scale);
        // Where the grids are oblique to each other, a value on the edge of rounding may go either way.
        expect(largestDifference(result.volume.data, expected.volume.data)).toBeLessThanOrEqual(1);
      }
    });
  }
});

describe('conform of real scans against scipy', () => {
  // FreeSurfer's rule written again: centre at shape / 2, LIA, 1 mm; every 101st voxel, trilinear.
  const script = `
import json, sys, numpy as np, nibabel as nib
from scipy import ndimage as nd
image = nib.load(sys.argv[1])
a = np.asarray(image.dataobj, dtype=np.float64)
centre = (image.affine @ np.append(np.array(a.shape) / 2, 1))[:3]
mdc = np.array([[-1, 0, 0], [0, 0, 1], [0, -1, 0]])
target = np.eye(4)
target[:3, :3] = mdc
target[:3, 3] = centre - mdc @ [128, 128, 128]
n = np.arange(0, 256 ** 3, 101)
voxels = np.stack([n % 256, n // 256 % 256, n // 65536, np.ones_like(n)])
p = (np.linalg.inv(image.affine) @ target @ voxels)[:3]
v = nd.map_coordinates(a, p, order=1, mode='nearest')
v[((p < -0.5) | (p > np.array(a.shape)[:, None] - 0.5)).any(0)] = 0
print(json.dumps([target.ravel().tolist(), float(a.max()), v.tolist()]))`;

  const scans = [
    ['unlabelled', 'chris_t1.nii.gz'],
    ['ixi-2mm', 'IXI012-HH-1211_T1.nii.gz'],
    ['oasis-manual', '1000_T1.nii.gz'],
  ] as const;

  for (const [folder, file] of scans) {
    testWithData(file, async (context) => {
      skipWithoutPython(context, ['scipy', 'nibabel']);
      const { volume } = await readScan(dataBytes(folder, file));
      const [affine, max, values]: [number[], number, number[]] = JSON.parse(
        runPython(script, [dataPath(folder, file)]),
      );
      const grid = conformGrid(volume, { centre: 'freesurfer' });
      grid.voxelToWorld.forEach((value, n) => {
        expect(value).toBeCloseTo(affine[n]!, 4);
      });
      const interpolated = resample(volume, grid).data;
      const { volume: conformed, scale } = conform(volume, { centre: 'freesurfer' });
      let [worst, worstByte, bytesOff] = [0, 0, 0];
      values.forEach((value, n) => {
        worst = Math.max(worst, Math.abs(interpolated[n * 101]! - value));
        const byte = value === 0 ? 0 : Math.min(255, Math.max(0, (value - scale.srcMin) * scale.scale));
        const off = Math.abs(conformed.data[n * 101]! - byte);
        worstByte = Math.max(worstByte, off);
        if (off > 0.501) bytesOff++;
      });
      expect(worst / max).toBeLessThan(1e-4);
      expect(worstByte).toBeLessThan(1);
      expect(bytesOff / values.length).toBeLessThan(1e-3);
    });
  }
});
