/** A record for tests, as small as one can be that has sides, a horn-less model and an empty third ventricle. */
import { type ResultRecord, resultRecordSchema, resultSchemaUrl } from './result-record.ts';

export const madeUpRecord: ResultRecord = resultRecordSchema.parse({
  $schema: resultSchemaUrl,
  format: 'ventriseg-result',
  formatVersion: 1,
  notAMedicalDevice: true,
  name: 'scan',
  units: { volumes: 'mL', lengths: 'mm', times: 'ms' },
  volumes: {
    labels: [
      {
        label: 4,
        name: 'Left-Lateral-Ventricle',
        title: 'left lateral ventricle',
        ml: 0.016,
        mlByProbability: 0.015,
      },
      {
        label: 43,
        name: 'Right-Lateral-Ventricle',
        title: 'right lateral ventricle',
        ml: 0.008,
        mlByProbability: 0.01,
      },
      { label: 14, name: '3rd-Ventricle', title: 'third ventricle', ml: 0, mlByProbability: 0 },
    ],
    lateral: { ml: 0.024, mlByProbability: 0.025 },
    total: { ml: 0.024, mlByProbability: 0.025 },
  },
  pose: null,
  measures: [],
  quality: [],
  warnings: [],
  scan: {
    path: 'scan.nii',
    sha256: '0'.repeat(64),
    kind: 'nifti',
    shape: [6, 1, 1],
    voxelMm: [2, 2, 2],
    axes: 'RAS',
    series: null,
    patient: null,
  },
  software: { name: 'ventriseg', version: '0' },
  model: { name: 'm', sha256: '0'.repeat(64), steps: 1 },
  options: {
    fillHoles: true,
    removeIslands: true,
    crf: false,
    flip: false,
    choroidPlexus: null,
    force: false,
  },
  postprocessing: { islands: { parts: 0, ml: 0 }, filledVoxels: 0, midSagittalPlane: null },
  timingsMs: {},
});
