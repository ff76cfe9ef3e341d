import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dataPath, testWithData } from '../../../../test/shared-data.ts';
import { findSubjects } from './sources.ts';

let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ventriseg-sources-'));
  const touch = (subject: string, ...names: string[]) => {
    mkdirSync(join(root, 'fs', subject, 'mri'), { recursive: true });
    for (const name of names) writeFileSync(join(root, 'fs', subject, 'mri', name), '');
  };
  touch('bert', 'orig.mgz', 'nu.mgz', 'brain.mgz', 'aseg.mgz', 'aparc+aseg.mgz');
  touch('ernie', 'brain.mgz', 'aseg.mgz');
  touch('nolabels', 'T1.mgz');
  touch('noimage', 'aseg.mgz');
  mkdirSync(join(root, 'fs', 'fsaverage-links'));
  mkdirSync(join(root, 'empty'));
});
afterAll(() => rmSync(root, { recursive: true }));

function table(text: string): string {
  const path = join(root, 'table.tsv');
  writeFileSync(path, text);
  return path;
}

describe('findSubjects', () => {
  test('a SUBJECTS_DIR: the first image and labels in the order of preference', async () => {
    const { sources, issues } = await findSubjects([join(root, 'fs')]);
    const mri = (subject: string, name: string) => join(root, 'fs', subject, 'mri', name);
    expect(sources.map((s) => [s.subject, s.imagePath, s.labelsPath, s.scheme])).toEqual([
      ['bert', mri('bert', 'nu.mgz'), mri('bert', 'aparc+aseg.mgz'), 'freesurfer'],
      ['ernie', mri('ernie', 'brain.mgz'), mri('ernie', 'aseg.mgz'), 'freesurfer'],
    ]);
    expect(issues.map((issue) => [issue.severity, issue.code, issue.subject])).toEqual([
      ['error', 'NO_IMAGE', 'noimage'],
      ['error', 'NO_LABELS', 'nolabels'],
    ]);
    expect(issues[1]!.message).toContain('none of aparc+aseg.mgz, aseg.mgz is there');
  });

  test('single subject folders, with the names that are asked for; the same files twice count once', async () => {
    const bert = join(root, 'fs', 'bert');
    const { sources, issues } = await findSubjects([bert, bert], {
      imageNames: ['orig.mgz'],
      labelNames: ['aseg.mgz'],
    });
    expect(sources.map((s) => [s.imagePath, s.labelsPath])).toEqual([
      [join(bert, 'mri', 'orig.mgz'), join(bert, 'mri', 'aseg.mgz')],
    ]);
    expect(issues.map((issue) => [issue.severity, issue.code])).toEqual([['note', 'REPEATED_INPUT']]);
  });

  test('a table: paths relative to it, optional columns, CRLF, n/a, filter by dataset', async () => {
    const path = table(
      '\uFEFFdataset\tsubject\timage\tlabels\tscheme\thead\tsplit\tperson\r\n' +
        'a\ts1\tx/1.nii.gz\tx/1_seg.nii.gz\tneuromorphometrics\twhole-head\ttest\tp1\r\n' +
        'a\tn/a\t/abs/2_T1.nii.gz\t2_seg.mgz\t\t\t\t\r\n' +
        '\r\n' +
        'b\ts3\t3.nii\t3_seg.nii\tfreesurfer\t\t\t\r\n',
    );
    const { sources, issues } = await findSubjects([path], { datasets: ['a'], scheme: 'freesurfer' });
    expect(sources).toEqual([
      {
        subject: 's1',
        person: 'p1',
        dataset: 'a',
        head: 'whole-head',
        imagePath: join(root, 'x/1.nii.gz'),
        labelsPath: join(root, 'x/1_seg.nii.gz'),
        scheme: 'neuromorphometrics',
        split: 'test',
      },
      {
        subject: '2_T1',
        person: '2_T1',
        dataset: 'a',
        head: undefined,
        imagePath: '/abs/2_T1.nii.gz',
        labelsPath: join(root, '2_seg.mgz'),
        scheme: 'freesurfer',
        split: undefined,
      },
    ]);
    expect(issues).toEqual([]);
  });

  test('labels without an image count once for each image that is to be made of them', async () => {
    const synthesise = { copies: 2 };
    const folders = await findSubjects([join(root, 'fs')], { synthesise });
    const made = folders.sources.filter((s) => s.imagePath === undefined);
    expect(made.map((s) => [s.subject, s.person, s.copy, s.labelsPath])).toEqual([
      ['noimage#1', 'noimage', 1, join(root, 'fs/noimage/mri/aseg.mgz')],
      ['noimage#2', 'noimage', 2, join(root, 'fs/noimage/mri/aseg.mgz')],
    ]);
    expect(folders.issues.map((i) => i.subject)).toEqual(['nolabels']);
    const path = table('subject\tperson\timage\tlabels\na\tp\t\ta.nii\nb\t\tb_T1.nii\tb.nii\nc\t\t\t\n');
    const rows = await findSubjects([path, path], { synthesise });
    expect(rows.sources.map((s) => [s.subject, s.person, s.copy])).toEqual([
      ['a#1', 'p', 1],
      ['a#2', 'p', 2],
      ['b', 'b', undefined],
    ]);
    expect(rows.issues.map((i) => i.code)).toEqual([
      'NO_IMAGE',
      'NO_IMAGE',
      'REPEATED_INPUT',
      'REPEATED_INPUT',
      'REPEATED_INPUT',
    ]);
  });

  test('rows that cannot be used are named by line', async () => {
    const path = table(
      'image\tlabels\tscheme\tsplit\n\tonly.nii\n1.nii\t\n1.nii\t1s.nii\taseg\n1.nii\t1s.nii\t\tdev\n',
    );
    const { sources, issues } = await findSubjects([path]);
    expect(sources).toEqual([]);
    expect(issues.map((i) => [i.severity, i.code, /line \d/.exec(i.message)?.[0]])).toEqual([
      ['note', 'NO_IMAGE', 'line 2'],
      ['error', 'NO_LABELS', 'line 3'],
      ['error', 'BAD_TABLE', 'line 4'],
      ['error', 'BAD_TABLE', 'line 5'],
    ]);
    expect(issues[3]!.message).toContain("split 'dev' is not one of train, validation, test");
  });

  test('inputs that are nothing are wrong use', async () => {
    await expect(findSubjects([join(root, 'none')])).rejects.toMatchObject({ code: 'NO_SUCH_FILE' });
    await expect(findSubjects([join(root, 'empty')])).rejects.toMatchObject({
      code: 'NO_SUCH_FILE',
      message: expect.stringContaining('neither a FreeSurfer subject'),
    });
    await expect(findSubjects([table('picture\tlabels\n')])).rejects.toMatchObject({
      code: 'BAD_TABLE',
      message: expect.stringContaining("has no column 'image'"),
    });
  });

  testWithData('the table of the real scans works as it is', async () => {
    const { sources, issues } = await findSubjects([dataPath('cases.tsv')]);
    expect(sources.length).toBe(29);
    expect(issues.length).toBe(20);
    expect(new Set(issues.map((issue) => `${issue.severity} ${issue.code}`))).toEqual(
      new Set(['note NO_IMAGE']),
    );
    const folders = await findSubjects([dataPath('freesurfer-subjects')]);
    expect(folders.sources.map((s) => s.imagePath?.split('/').at(-1))).toEqual([
      'norm.mgz',
      'brain.mgz',
      'T1.mgz',
      'brain.mgz',
    ]);
  });
});
