/** Measures of real heads: the commissures as marked by eye, and the same numbers whichever way the head is turned. */
import {
  applyAffine,
  foregroundBox,
  multiplyAffines,
  readScan,
  resample,
  type Vec3,
  type Volume,
} from '@ventriseg/imaging';
import { expect } from 'vitest';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { intracranialOf } from '../../../../test/tissue-maps.ts';
import { type LabelScheme, toCanonicalLabels } from '../labels/index.ts';
import { findHeadPose } from './head-pose.ts';
import { type MeasureId, valueOfMeasure } from './measure.ts';
import { measureVentricles } from './measure-ventricles.ts';
import { gridAt, turned } from './synthetic-ventricles.test-helper.ts';
import { ventriclePoints } from './ventricle-points.ts';

async function load(path: string, scheme: LabelScheme = 'freesurfer') {
  const { volume } = await readScan(dataBytes(path), { path });
  return { all: volume, labels: toCanonicalLabels(volume, scheme, path) };
}

/** y and z of the commissures in world mm, read off enlarged sagittal slices to about 1 mm. */
const marked = [
  { path: 'freesurfer-subjects/atlas/mri/aseg.mgz', ac: [17.8, -18.2], pc: [-7.8, -23.3] },
  { path: 'freesurfer-subjects/seeg/mri/aseg.mgz', ac: [1.6, 2.5], pc: [-26.1, -1.7] },
  { path: 'freesurfer-subjects/brainload/mri/aseg.mgz', ac: [25.3, -5.5], pc: [-0.7, -13.6] },
  { path: 'oasis-manual/1006_labels.nii.gz', ac: [-191, -183.6], pc: [-217.6, -183.6] },
] as const;

testWithData('the commissures lie where they were marked by eye, within 3.5 mm and 4 degrees', async () => {
  for (const { path, ac, pc } of marked) {
    const { labels } = await load(path, path.startsWith('oasis') ? 'neuromorphometrics' : 'freesurfer');
    const found = findHeadPose(ventriclePoints(labels));
    if (!('pose' in found)) throw new Error(`${path}: ${found.reason}`);
    const { anteriorCommissure, posteriorCommissure, poseToWorld } = found.pose;
    const off = (place: Vec3, [y, z]: readonly [number, number]) => Math.hypot(place[1] - y, place[2] - z);
    expect(off(anteriorCommissure, ac), path).toBeLessThan(3.5);
    expect(off(posteriorCommissure, pc), path).toBeLessThan(3.5);
    const tilt = Math.atan2(poseToWorld[9]!, poseToWorld[5]!) - Math.atan2(ac[1] - pc[1], ac[0] - pc[0]);
    expect((Math.abs(tilt) * 180) / Math.PI, path).toBeLessThan(4);
  }
});

/** How far a measure may differ between a head and its turned copy, whose labels are resampled to other voxels. */
const tolerance: readonly (readonly [MeasureId, number])[] = [
  ['evansIndex', 0.008],
  ['frontalOccipitalHornRatio', 0.006],
  ['frontalHornWidthMm', 0.8],
  ['occipitalHornWidthMm', 1],
  ['innerSkullWidthMm', 0.5],
  ['thirdVentricleWidthMm', 0.3],
];

testWithData('a turned head has the same measures', async () => {
  for (const { path, evansIndex, angleTolerance } of [
    // Slits, whose roofs are a few voxels long: single voxels turn their angle.
    { path: 'label-maps/map_03.nii.gz', evansIndex: 0.236, angleTolerance: 18 },
    { path: 'label-maps/map_18.nii.gz', evansIndex: 0.379, angleTolerance: 4 },
  ]) {
    const { all, labels } = await load(path);
    const intracranial = intracranialOf(all);
    const upright = measureVentricles(labels, { intracranial });
    expect(valueOfMeasure(upright.measures, 'evansIndex')).toBeCloseTo(evansIndex, 2);
    const { start, size } = foregroundBox(labels)!;
    const centre = applyAffine(
      labels.voxelToWorld,
      start.map((at, axis) => at + size[axis]! / 2) as unknown as Vec3,
    );
    const back = gridAt(1, [1, 1, 1], centre).voxelToWorld;
    const away = gridAt(1, [1, 1, 1], centre.map((value) => -value) as unknown as Vec3).voxelToWorld;
    const turn = multiplyAffines(back, multiplyAffines(turned([-15, 8, 5], [0.3, 0.7, -0.4]), away));
    const move = <T extends Volume>(volume: T): T => ({
      ...volume,
      voxelToWorld: multiplyAffines(turn, volume.voxelToWorld),
    });
    const copy = resample(move(labels), gridAt(1, [170, 200, 170], centre), { method: 'nearest' });
    const moved = { ...intracranial, probability: move(intracranial.probability) };
    const { measures } = measureVentricles(copy, { intracranial: moved });
    for (const [id, most] of [...tolerance, ['callosalAngleDegrees', angleTolerance] as const]) {
      const [before, after] = [valueOfMeasure(upright.measures, id)!, valueOfMeasure(measures, id)!];
      expect(Math.abs(after - before), `${path} ${id}: ${before} and ${after}`).toBeLessThan(most);
    }
  }
});
