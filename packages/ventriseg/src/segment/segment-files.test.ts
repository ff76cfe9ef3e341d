import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readScan, sameGrid, writeMgh, writeNifti } from '@ventriseg/imaging';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runPython, skipWithoutPython } from '../../../../test/python-oracle.ts';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { measureIds } from '../measures/index.ts';
import { resultRecordSchema, resultSchemaUrl } from './result-record.ts';
import { segmentFile } from './segment-file.ts';
import { type SegmentFailure, segmentFiles } from './segment-files.ts';
import {
  gridAround,
  head,
  intensityModel,
  leftVentricle,
  paint,
  rightVentricle,
} from './synthetic-head.test-helper.ts';

const model = intensityModel([160], { slices: { first: 110, last: 146 } });
const scan = paint(gridAround([3, 3, 3]), [head, leftVentricle, rightVentricle]);
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'segment-'));
  await mkdir(join(folder, 'a'));
  await mkdir(join(folder, 'b'));
  await writeFile(join(folder, 'a', 'T1.nii.gz'), await writeNifti(scan));
  await writeFile(join(folder, 'b', 'T1.mgz'), await writeMgh(scan));
  await writeFile(join(folder, 'notes.txt'), 'no scan');
});
afterAll(() => rm(folder, { recursive: true }));

test('many scans: results, a CSV, and the bad one named while the others go on', async () => {
  const output = join(folder, 'many');
  const paths = ['a/T1.nii.gz', 'notes.txt', 'b/T1.mgz'].map((path) => join(folder, path));
  const told: string[] = [];
  const { results, failures, csvPath } = await segmentFiles(paths, {
    output,
    model,
    threads: 1,
    surfaces: true,
    onScan: (outcome) => told.push('code' in outcome ? outcome.code : outcome.name),
  });
  expect(told).toEqual(['a_T1', 'NOT_A_SCAN', 'b_T1']);
  expect(results.map(({ name }) => name)).toEqual(['a_T1', 'b_T1']);
  expect(failures).toEqual([
    { path: paths[1]!, code: 'NOT_A_SCAN', message: expect.stringContaining('notes.txt') },
  ] satisfies SegmentFailure[]);
  expect((await readdir(output)).sort()).toEqual([
    'a_T1_ventricles.html',
    'a_T1_ventricles.json',
    'a_T1_ventricles.nii.gz',
    'a_T1_ventricles.ply',
    'a_T1_ventricles.png',
    'a_T1_ventricles.stl',
    'b_T1_ventricles.html',
    'b_T1_ventricles.json',
    'b_T1_ventricles.nii.gz',
    'b_T1_ventricles.ply',
    'b_T1_ventricles.png',
    'b_T1_ventricles.stl',
    'ventricles.csv',
  ]);

  for (const { labelsPath, recordPath, picturePath, reportPath, stlPath, plyPath, record } of results) {
    const { volume } = await readScan(await readFile(labelsPath), { path: labelsPath });
    expect(sameGrid(volume, scan, 1e-3)).toBe(true);
    expect(new Set(volume.data)).toEqual(new Set([0, 4, 43]));
    expect(resultRecordSchema.parse(JSON.parse(await readFile(recordPath, 'utf8')))).toEqual(record);
    const counted = [...volume.data].filter((label) => label === 4).length;
    expect(record.volumes.labels[0]!.ml).toBeCloseTo((counted * 27) / 1000, 3);
    expect(record).toMatchObject({ notAMedicalDevice: true, model: { name: 'intensity' } });
    expect(await readFile(reportPath, 'utf8')).toContain(`<title>Ventricles of ${record.name}</title>`);
    expect(record.$schema).toBe(resultSchemaUrl);
    expect(record.scan.shape).toEqual([...scan.shape]);
    expect(record.timingsMs.total).toBeGreaterThan(record.timingsMs.network!);
    const stl = await readFile(stlPath!);
    expect(stl.readUInt32LE(80)).toBeGreaterThan(100);
    expect(stl).toHaveLength(84 + 50 * stl.readUInt32LE(80));
    expect((await readFile(plyPath!)).subarray(0, 4).toString()).toBe('ply\n');
    // Lateral ventricles alone have an asymmetry and no pose.
    expect(record.pose).toBeNull();
    expect(record.measures.filter(({ value }) => value !== null).map(({ id }) => id)).toEqual([
      'lateralAsymmetryPercent',
    ]);
    expect([...(await readFile(picturePath)).subarray(1, 4)]).toEqual([...Buffer.from('PNG')]);
  }

  const csv = (await readFile(csvPath!, 'utf8')).trimEnd().split('\n');
  expect(csv[0]).toBe(
    `name,path,lateral_ml,total_ml,Left-Lateral-Ventricle_ml,Right-Lateral-Ventricle_ml,${measureIds.join(',')},quality,error`,
  );
  expect(csv).toHaveLength(4);
  expect(csv[1]).toContain(`,${results[0]!.record.volumes.total.ml},`);
  expect(csv[2]).toMatch(/^notes\.txt,.*NOT_A_SCAN/);

  await expect(segmentFiles(paths, { output, model })).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
  await expect(segmentFile(paths[0]!, { output, model, name: 'a_T1' })).rejects.toMatchObject({
    code: 'OUTPUT_EXISTS',
    path: join(output, 'a_T1_ventricles.nii.gz'),
  });
});

test('cancelled at the last moment, nothing is left behind', async () => {
  const output = join(folder, 'cancelled');
  const controller = new AbortController();
  const running = segmentFile(join(folder, 'a', 'T1.nii.gz'), {
    output,
    model,
    signal: controller.signal,
    onProgress: ({ stage }) => {
      if (stage === 'write') controller.abort(new Error('enough'));
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(existsSync(output) ? await readdir(output) : []).toEqual([]);
});

test('a model that is none is refused before any scan is read', async () => {
  const output = join(folder, 'refused');
  const wrong = new TextEncoder().encode('not a model');
  await expect(segmentFiles([join(folder, 'missing.nii')], { output, model: wrong })).rejects.toMatchObject({
    code: 'BAD_MODEL',
  });
  await expect(segmentFiles([], { output, model })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' });
});

const compare = `
import sys, json, numpy as np, nibabel as nib
out = []
for scan, mask in json.load(sys.stdin):
    a, b = nib.load(scan), nib.load(mask)
    out.append(dict(shape=list(a.shape[:3]) == list(b.shape), difference=float(np.abs(a.affine - b.affine).max()),
      qform=float(np.abs(a.get_qform() - b.get_qform()).max()) if hasattr(a, 'get_qform') else 0,
      type=str(b.get_data_dtype()), intent=b.header.get_intent()[0]))
print(json.dumps(out))`;

testWithData('nibabel lays the mask on the scan: mgz, NIfTI in PSR and in LAS', async (context) => {
  skipWithoutPython(context, ['nibabel']);
  const scans = [
    'freesurfer-subjects/ecog/mri/T1.mgz',
    'ixi-2mm/IXI012-HH-1211_T1.nii.gz',
    'oasis-manual/1006_T1.nii.gz',
  ].map((path) => dataPath(path));
  const { results, failures } = await segmentFiles(scans, { output: join(folder, 'real'), model });
  expect(failures).toEqual([]);
  const pairs = results.map(({ labelsPath }, k) => [scans[k], labelsPath]);
  const found = JSON.parse(runPython(compare, [], JSON.stringify(pairs)));
  for (const [k, one] of found.entries()) {
    expect(one, scans[k]!).toMatchObject({ shape: true, type: 'uint8', intent: 'label' });
    expect(one.difference, scans[k]!).toBeLessThan(1e-4);
    if (k > 0) expect(one.qform, scans[k]!).toBe(0);
  }
});
