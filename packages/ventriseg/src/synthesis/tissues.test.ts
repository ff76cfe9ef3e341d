import { readFileSync } from 'node:fs';
import { createVolume, readScan } from '@ventriseg/imaging';
import { describe, expect, test } from 'vitest';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { labelSlots, slotIsBrain, slotLabels, slotMirrored, slotTissues } from './tissues.ts';

const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
const slotsOf = (...labels: number[]) =>
  labelSlots(createVolume(Uint16Array.from(labels), [labels.length, 1, 1], identity));

describe('tissues', () => {
  test('every label has one slot; mirroring twice changes nothing, and keeps the tissue', () => {
    expect(new Set(slotLabels).size).toBe(slotLabels.length);
    slotMirrored.forEach((mirrored, slot) => {
      expect(slotMirrored[mirrored]).toBe(slot);
      expect(slotTissues[mirrored]).toBe(slotTissues[slot]);
      expect(slotIsBrain[mirrored]).toBe(slotIsBrain[slot]);
    });
    expect(slotLabels[slotMirrored[slotLabels.indexOf(4)]!]).toBe(43);
    expect(slotLabels[slotMirrored[slotLabels.indexOf(44)]!]).toBe(5);
    expect(slotLabels[slotMirrored[slotLabels.indexOf(15)]!]).toBe(15);
  });

  test('parcels become cortex and white matter of their side', () => {
    expect([...slotsOf(1035, 2001, 3007, 4999, 0)].map((slot) => slotLabels[slot])).toEqual([
      3, 42, 2, 41, 0,
    ]);
  });

  test('labels of unknown tissue are named', () => {
    expect(() => slotsOf(4, 600, 99, 7000)).toThrow('no image can be made of labels 99 600 7000');
  });

  testWithData('all labels of the label maps and of FreeSurfer subjects are known', async () => {
    for (const path of ['label-maps/map_01.nii.gz', 'freesurfer-subjects/ecog/mri/aparc+aseg.mgz']) {
      const { volume } = await readScan(readFileSync(dataPath(path)), { path });
      expect(labelSlots(volume).length).toBe(256 ** 3);
    }
  });
});
