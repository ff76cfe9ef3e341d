import { createVolume } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { editedRecord } from './edited-record.ts';
import { madeUpRecord as record } from './result-record.test-helper.ts';
import { resultRecordSchema } from './result-record.ts';

const twoMm = [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 1];
/** A row of voxels in the middle of a volume, so that the field of view does not cut it. */
function row(...data: number[]) {
  const nx = data.length + 2;
  const volume = createVolume(new Uint8Array(nx * 9), [nx, 3, 3], twoMm);
  volume.data.set(data, 4 * nx + 1);
  return volume;
}

test('counts volumes anew and says what was changed', () => {
  // One voxel is 0.008 mL: one erased from 4, one of 43 given to 14, two new ones of 43.
  const edit = { before: row(4, 4, 43, 0, 0, 0), after: row(4, 0, 14, 43, 43, 0), strokes: 3 };
  const edited = editedRecord(record, edit);
  expect(edited.volumes.labels.map(({ label, ml }) => [label, ml])).toEqual([
    [4, 0.008],
    [43, 0.016],
    [14, 0.008],
  ]);
  expect(edited.volumes.lateral).toEqual({ ml: 0.024, mlByProbability: null });
  expect(edited.volumes.total).toEqual({ ml: 0.032, mlByProbability: null });
  expect(edited.edit).toEqual({
    strokes: 3,
    voxels: { added: 2, removed: 1, relabelled: 1 },
    volumesBefore: [
      { label: 4, ml: 0.016 },
      { label: 43, ml: 0.008 },
      { label: 14, ml: 0 },
    ],
  });
  // 1 voxel on the left, 2 on the right: 100 (1 - 2) / 1.5.
  expect(edited.measures.find(({ id }) => id === 'lateralAsymmetryPercent')!.value).toBe(-66.667);
  expect(resultRecordSchema.parse(edited)).toEqual(edited);
});

test('an edit that was taken back leaves the record as it was', () => {
  const labels = row(4, 4, 43, 0, 0, 0);
  expect(editedRecord(record, { before: labels, after: labels, strokes: 0 })).toBe(record);
});
