import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listEventFiles, openEventFile, reopenEventFile } from './node.ts';
import { readEvents } from './read-events.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tensorboard-test-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const clock = () => 1_700_000_000_900;

test('the file name says when, where and which; files of one second do not overwrite each other', async () => {
  const run = join(directory, 'runs', 'first');
  for (const value of [1, 2]) {
    const writer = openEventFile(run, { clock, suffix: '.validation' });
    writer.scalar('loss', value, 0);
    await writer.close();
  }
  const stem = `events.out.tfevents.1700000000.${hostname()}.${process.pid}`;
  const paths = listEventFiles(run);
  expect(paths.map((path) => basename(path))).toEqual([`${stem}.0.validation`, `${stem}.1.validation`]);
  expect(paths.map((path) => readEvents(readFileSync(path)).length)).toEqual([2, 2]);
});

test('records are in the file as soon as they are written', async () => {
  const writer = openEventFile(directory, { clock });
  writer.scalar('loss', 1, 7);
  expect(readEvents(readFileSync(listEventFiles(directory)[0]!)).at(-1)?.step).toBe(7);
  await writer.flush();
  await writer.close();
});

test('only event files are listed', () => {
  writeFileSync(join(directory, 'checkpoint.onnx'), '');
  expect(listEventFiles(directory)).toEqual([]);
});

test('a suffix cannot lead out of the directory', () => {
  expect(() => openEventFile(directory, { suffix: '/../x' })).toThrow(
    expect.objectContaining({ code: 'BAD_ARGUMENT' }),
  );
  expect(readdirSync(directory)).toEqual([]);
});

test('a file whose last record is unfinished is cut there, reported, and gone on with', async () => {
  const first = openEventFile(directory, { clock });
  first.scalar('loss', 1, 1);
  first.scalar('loss', 2, 2);
  await first.close();
  const path = listEventFiles(directory)[0]!;
  const whole = readFileSync(path);
  writeFileSync(path, whole.subarray(0, whole.length - 5));
  expect(() => readEvents(readFileSync(path))).toThrow(expect.objectContaining({ code: 'TRUNCATED' }));

  const { writer, events, truncated } = reopenEventFile(path, { clock, purgeStep: 2 });
  expect(events.map(({ step }) => step)).toEqual([0, 1]);
  expect(truncated).toMatchObject({ code: 'TRUNCATED', offset: whole.length - recordLength(whole) });
  writer.scalar('loss', 3, 2);
  await writer.close();
  expect(readEvents(readFileSync(path)).map(({ step, what }) => [step, what.kind])).toEqual([
    [0, 'version'],
    [1, 'summary'],
    [2, 'session-start'],
    [2, 'summary'],
  ]);
});

test('a whole file is gone on with as it is; an empty one gets its version', async () => {
  const path = join(directory, 'events.out.tfevents.0');
  writeFileSync(path, '');
  for (const step of [1, 2]) {
    const { writer, truncated } = reopenEventFile(path);
    writer.scalar('loss', 1, step);
    await writer.close();
    expect(truncated).toBeUndefined();
  }
  expect(readEvents(readFileSync(path)).map(({ what }) => what.kind)).toEqual([
    'version',
    'summary',
    'summary',
  ]);
});

test('a damaged file is not gone on with, nor changed', async () => {
  await openEventFile(directory, { clock }).close();
  const path = listEventFiles(directory)[0]!;
  const damaged = readFileSync(path);
  damaged[14]! ^= 1;
  writeFileSync(path, damaged);
  appendFileSync(path, 'abc');
  const before = readFileSync(path);
  expect(() => reopenEventFile(path)).toThrow(expect.objectContaining({ code: 'CORRUPT_RECORD', offset: 0 }));
  expect(readFileSync(path)).toEqual(before);
});

test('no module but node.ts imports anything of Node', () => {
  const source = fileURLToPath(new URL('.', import.meta.url));
  const importers = readdirSync(source)
    .filter((name) => !/\.test(-helper)?\.ts$/.test(name))
    .filter((name) => /from 'node:/.test(readFileSync(join(source, name), 'utf8')));
  expect(importers).toEqual(['node.ts']);
});

/** Bytes of the last record: all scalars of these tests take the same room. */
function recordLength(file: Uint8Array): number {
  const events = readEvents(file);
  const versionRecord = 16 + 9 + 15;
  return (file.length - versionRecord) / (events.length - 1);
}
