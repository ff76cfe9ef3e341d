import { readFileSync } from 'node:fs';
import { createVolume, identityAffine } from '@ventriseg/imaging';
import { expect, test } from 'vitest';
import { runPython, skipWithoutPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { openScan } from '../scan-input/open-scan.ts';
import { editedRecord } from './edited-record.ts';
import { resultJsonSchema } from './result-json-schema.ts';
import { madeUpRecord } from './result-record.test-helper.ts';
import { resultRecord } from './result-record.ts';
import { segmentVolume } from './segment-volume.ts';
import { loadIntensityModel } from './synthetic-head.test-helper.ts';

test('the published schema is what the code makes (if not: npm run schemas -w ventriseg)', () => {
  const file = new URL('../../schemas/result-1.schema.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(resultJsonSchema());
});

const validate = `
import sys, json, jsonschema
schema, records = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
print(json.dumps([['/'.join(map(str, error.absolute_path)) for error in validator.iter_errors(record)] for record in records]))`;

/** Places where another validator finds each record at fault. */
function faults(records: readonly unknown[]): string[][] {
  return JSON.parse(runPython(validate, [], JSON.stringify([resultJsonSchema(), records])));
}

testWithPython('another validator takes records and refuses what is none', ['jsonschema'], () => {
  const row = (...data: number[]) => createVolume(Uint8Array.from(data), [data.length, 1, 1], identityAffine);
  const edited = editedRecord(madeUpRecord, { before: row(4, 0), after: row(4, 43), strokes: 1 });
  const { total: _, ...volumes } = madeUpRecord.volumes;
  const found = faults([
    madeUpRecord,
    edited,
    { ...madeUpRecord, volumes },
    { ...madeUpRecord, remark: 'unknown' },
    { ...madeUpRecord, quality: [{ code: 'NEVER_HEARD_OF', severity: 'warning', message: '' }] },
    { ...madeUpRecord, model: { ...madeUpRecord.model, sha256: 'abc' } },
  ]);
  expect(edited.edit).toBeDefined();
  expect(found).toEqual([[], [], ['volumes'], [''], ['quality/0/code'], ['model/sha256']]);
});

testWithData('another validator takes the records of real scans', async (context) => {
  skipWithoutPython(context, ['jsonschema']);
  const model = await loadIntensityModel([160], { slices: { first: 120, last: 136 } });
  const paths = ['ixi-2mm/IXI012-HH-1211_T1.nii.gz', 'dicom/siemens-sagittal-memprage'];
  const records = [];
  for (const path of paths) {
    const scan = await openScan(dataPath(path));
    const segmentation = await segmentVolume(scan.volume, model);
    records.push(resultRecord(scan, segmentation, segmentation.timingsMs, scan.name));
  }
  expect(records[1]!.scan).toMatchObject({ kind: 'dicom', patient: { sex: expect.any(String) } });
  expect(records[1]!.scan.series!.images).toBe(176);
  expect(faults(records)).toEqual([[], []]);
});
