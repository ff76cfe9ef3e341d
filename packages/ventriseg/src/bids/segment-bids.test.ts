/** BIDS datasets in, BIDS derivatives out, with a network that sees made-up heads. */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gridOf, readScan, sameGrid, writeNifti } from '@ventriseg/imaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { resultRecordSchema } from '../segment/result-record.ts';
import { segmentFile } from '../segment/segment-file.ts';
import { segmentFiles } from '../segment/segment-files.ts';
import {
  gridAround,
  head,
  intensityModel,
  leftVentricle,
  paint,
  rightVentricle,
} from '../segment/synthetic-head.test-helper.ts';
import { findScans } from './find-scans.ts';

const model = intensityModel([160], { slices: { first: 110, last: 146 } });
const scan = paint(gridAround([4, 4, 4]), [head, leftVentricle, rightVentricle]);
let root = '';
const at = (...parts: string[]) => join(root, ...parts);
const jsonAt = (...parts: string[]) => JSON.parse(readFileSync(at(...parts), 'utf8'));
const allFiles = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-bids-'));
  const bytes = await writeNifti(scan);
  const write = (path: string, content: Uint8Array | string = bytes) => {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), content);
  };
  write(
    'study/dataset_description.json',
    '{"Name": "Study", "BIDSVersion": "1.8.0", "DatasetDOI": "doi:10.1/2"}',
  );
  write('study/sub-2/ses-a/anat/sub-2_ses-a_run-1_acq-mprage_T1w.nii.gz');
  write('study/sub-2/ses-a/anat/sub-2_ses-a_T2w.nii.gz');
  write('study/sub-2/ses-a/anat/sub-2_ses-a_FLAIR.nii.gz');
  write('study/sub-2/ses-a/func/sub-2_ses-a_task-rest_bold.nii.gz');
  write('study/sub-10/anat/sub-10_T1w.nii.gz');
  write('study/sub-10/anat/sub-10_T1w.json', '{}');
  write('study/sourcedata/sub-9/anat/sub-9_T1w.nii.gz');
  write('study/derivatives/other/sub-2/anat/sub-2_desc-preproc_T1w.nii.gz');
  write('loose/sub-3_T1w.nii.gz');
  write('loose/T1.nii.gz');
  write('empty/dataset_description.json', '{"Name": "Empty", "BIDSVersion": "1.8.0"}');
  write('empty/sub-1/anat/sub-1_T2w.nii.gz');
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('a dataset stands for its T1-weighted images, by subject and session', async () => {
  const { paths, notes } = await findScans([at('loose', 'T1.nii.gz'), at('study'), at('loose')]);
  expect(paths).toEqual([
    at('loose', 'T1.nii.gz'),
    at('study', 'sub-2', 'ses-a', 'anat', 'sub-2_ses-a_run-1_acq-mprage_T1w.nii.gz'),
    at('study', 'sub-10', 'anat', 'sub-10_T1w.nii.gz'),
    at('loose'),
  ]);
  expect(notes).toEqual([`${at('study')}: 2 T1w of 2 subjects; left aside: 1 FLAIR, 1 T2w`]);
  await expect(findScans([at('empty')])).rejects.toMatchObject({
    code: 'NO_IMAGE',
    message: expect.stringContaining('1 subject without a T1-weighted image'),
  });
});

test('results are a derivative dataset that later scans join', async () => {
  const output = at('study', 'derivatives', 'ventriseg');
  const notes: string[] = [];
  const options = { output, model, bids: true };
  const done = await segmentFiles([at('study')], { ...options, onNote: (note) => notes.push(note) });
  expect(done.failures).toEqual([]);
  expect(notes).toHaveLength(1);
  const anat = join('sub-2', 'ses-a', 'anat');
  const stem = 'sub-2_ses-a_acq-mprage_run-1_space-orig_desc-ventricles';
  const results = ['dseg.json', 'dseg.nii.gz', 'dseg.tsv', 'result.html', 'result.json', 'result.png'];
  const first = results.map((ending) => join(anat, `${stem}_${ending}`));
  const second = results.map((ending) =>
    join('sub-10', 'anat', `sub-10_space-orig_desc-ventricles_${ending}`),
  );
  const ofDataset = ['.bidsignore', 'README', 'dataset_description.json', 'ventricles.csv'];
  expect(allFiles(output)).toEqual([...ofDataset, ...second, ...first].sort());

  const ours = ['study', 'derivatives', 'ventriseg'];
  expect(jsonAt(...ours, 'dataset_description.json')).toMatchObject({
    BIDSVersion: '1.10.0',
    DatasetType: 'derivative',
    GeneratedBy: [{ Name: 'ventriseg', Version: expect.stringMatching(/^\d+\.\d+\.\d+/) }],
    SourceDatasets: [{ DOI: 'doi:10.1/2' }],
    DatasetLinks: { raw: '../..' },
  });
  expect(jsonAt(...ours, anat, `${stem}_dseg.json`)).toEqual({
    Description: expect.stringContaining('FreeSurfer'),
    Sources: ['bids:raw:sub-2/ses-a/anat/sub-2_ses-a_run-1_acq-mprage_T1w.nii.gz'],
    SpatialReference: 'orig',
    Manual: false,
  });
  expect(readFileSync(join(output, anat, `${stem}_dseg.tsv`), 'utf8')).toBe(
    'index\tname\tabbreviation\tcolor\n' +
      '4\tLeft-Lateral-Ventricle\tLLV\t#781286\n' +
      '43\tRight-Lateral-Ventricle\tRLV\t#781286\n',
  );
  const { volume } = await readScan(readFileSync(join(output, anat, `${stem}_dseg.nii.gz`)));
  expect(sameGrid(gridOf(volume), gridOf(scan), 1e-3)).toBe(true);
  expect(new Set(volume.data)).toEqual(new Set([0, 4, 43]));
  resultRecordSchema.parse(jsonAt(...ours, anat, `${stem}_result.json`));

  // A later scan of no dataset, and the same scans again.
  await segmentFile(at('loose', 'sub-3_T1w.nii.gz'), options);
  await expect(segmentFile(at('loose', 'sub-3_T1w.nii.gz'), options)).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
  });
  await segmentFile(at('loose', 'sub-3_T1w.nii.gz'), { ...options, force: true });
  const description = jsonAt(...ours, 'dataset_description.json');
  expect(description.SourceDatasets).toEqual([
    { DOI: 'doi:10.1/2' },
    { URL: pathToFileURL(at('loose')).href },
  ]);
  expect(description.DatasetLinks).toEqual({ raw: '../..', raw2: '../../../loose' });
  expect(description.GeneratedBy).toHaveLength(1);
  expect(jsonAt(...ours, 'sub-3', 'anat', 'sub-3_space-orig_desc-ventricles_dseg.json').Sources).toEqual([
    'bids:raw2:sub-3_T1w.nii.gz',
  ]);
  const ignored = readFileSync(join(output, '.bidsignore'), 'utf8').trim().split('\n');
  expect(ignored).toEqual([
    '*_result.json',
    '*_result.png',
    '*_result.html',
    '*_result.stl',
    '*_result.ply',
    'ventricles.csv',
  ]);
});

test('a scan in the space of a template keeps it, and what is ignored already stays', async () => {
  const output = at('spaces');
  mkdirSync(output);
  writeFileSync(join(output, '.bidsignore'), 'notes/\n*_result.png\n');
  writeFileSync(join(output, 'README.md'), 'Ours');
  const path = at('loose', 'sub-4_space-MNI152Lin_res-2_desc-preproc_T1w.nii.gz');
  cpSync(at('loose', 'T1.nii.gz'), path);
  const { sidecarPath } = await segmentFile(path, { output, model, bids: true });
  const stem = 'sub-4_space-MNI152Lin_res-2_desc-ventricles_dseg.json';
  expect(sidecarPath).toBe(join(output, 'sub-4', 'anat', stem));
  expect(jsonAt('spaces', 'sub-4', 'anat', stem)).toMatchObject({
    SpatialReference: expect.stringMatching(/^bids:raw:sub-4_space/),
    Resolution: expect.any(String),
  });
  expect(readdirSync(output)).toEqual(['.bidsignore', 'README.md', 'dataset_description.json', 'sub-4']);
  expect(readFileSync(join(output, '.bidsignore'), 'utf8')).toMatch(
    /^notes\/\n\*_result\.png\n\*_result\.json\n/,
  );
});

test('what cannot be laid out is refused before anything is written', async () => {
  const refused = async (paths: readonly string[], output: string, message: RegExp) => {
    const before = allFiles(root);
    await expect(segmentFiles(paths, { output, model, bids: true })).rejects.toMatchObject({
      code: 'BAD_ARGUMENT',
      message: expect.stringMatching(message),
    });
    expect(allFiles(root)).toEqual(before);
  };
  const subject = at('study', 'sub-10', 'anat', 'sub-10_T1w.nii.gz');
  await refused(
    [subject, at('loose', 'T1.nii.gz')],
    at('new'),
    /T1\.nii\.gz: its name does not begin with sub-/,
  );
  await refused([subject], at('study'), /holds another BIDS dataset \("Study"\).*derivatives.ventriseg/);
  await refused([subject, subject], at('new'), /its results would be those of .*sub-10_T1w/);
});
