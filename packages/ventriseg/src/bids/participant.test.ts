import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { participantOf } from './participant.ts';

let root: string;
const scan = (...parts: string[]) => participantOf(join(root, ...parts));

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-participants-'));
  writeFileSync(join(root, 'dataset_description.json'), '{"Name": "study", "BIDSVersion": "1.10.0"}');
  writeFileSync(
    join(root, 'participants.tsv'),
    '\uFEFFparticipant_id\tage\tSex\r\nsub-01\t71.5\tF\r\nsub-02\tn/a\tmale\r\nsub-03\t89+\tO\r\n',
  );
  mkdirSync(join(root, 'sub-01'));
  writeFileSync(join(root, 'sub-01', 'sub-01_sessions.tsv'), 'session_id\tage\nses-2\t73\nses-3\tn/a\n');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('sex and age are read by subject, and the age of a session where it has one', async () => {
  expect(await scan('sub-01', 'anat', 'sub-01_T1w.nii.gz')).toEqual({ sex: 'F', ageYears: 71.5 });
  expect(await scan('sub-01', 'ses-2', 'anat', 'sub-01_ses-2_T1w.nii.gz')).toEqual({
    sex: 'F',
    ageYears: 73,
  });
  expect(await scan('sub-01', 'ses-3', 'anat', 'sub-01_ses-3_T1w.nii.gz')).toEqual({
    sex: 'F',
    ageYears: 71.5,
  });
});

test('what is missing or no number is not known', async () => {
  expect(await scan('sub-02', 'anat', 'sub-02_T1w.nii.gz')).toEqual({ sex: 'M', ageYears: undefined });
  expect(await scan('sub-03', 'anat', 'sub-03_T1w.nii.gz')).toEqual({ sex: undefined, ageYears: undefined });
  expect(await scan('sub-04', 'anat', 'sub-04_T1w.nii.gz')).toEqual({ sex: undefined, ageYears: undefined });
});

test('a scan outside of any dataset has no person', async () => {
  const nobody = { sex: undefined, ageYears: undefined };
  expect(await participantOf(join(tmpdir(), 'sub-01_T1w.nii.gz'))).toEqual(nobody);
  expect(await scan('T1.nii.gz')).toEqual(nobody);
});
