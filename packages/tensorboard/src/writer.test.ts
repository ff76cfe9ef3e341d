import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readEvents } from './read-events.ts';
import { encodeRecord } from './record.ts';
import { tinyPng } from './tiny-png.test-helper.ts';
import { type EventSink, EventWriter } from './writer.ts';

/** A sink that keeps the records; asynchronous, each write slower than the next, when `slow`. */
function memorySink({ slow = false, failAt = Number.POSITIVE_INFINITY } = {}) {
  const records: Uint8Array[] = [];
  const calls: string[] = [];
  let started = 0;
  const take = (record: Uint8Array) => {
    if (records.length >= failAt) throw new Error('disk full');
    records.push(record);
  };
  const sink: EventSink = {
    write: (record) => (slow ? wait(10 - 3 * started++).then(() => take(record)) : take(record)),
    flush: () => void calls.push('flush'),
    close: () => void calls.push('close'),
  };
  const bytes = () => Uint8Array.from(records.flatMap((record) => [...record]));
  return { sink, calls, records, events: () => readEvents(bytes()) };
}

test('a file opens with its version; scalars carry time, step and tag', async () => {
  const { sink, events, calls } = memorySink();
  const writer = new EventWriter(sink, { clock: () => 1500 });
  writer.scalar('loss', 0.5, 20);
  writer.scalars({ dice: 0.25, jaccard: Number.NaN }, 21);
  await writer.close();
  expect(events()).toEqual([
    { wallTime: 1.5, step: 0, what: { kind: 'version', version: 'brain.Event:2' } },
    { wallTime: 1.5, step: 20, what: summary({ tag: 'loss', value: { kind: 'scalar', scalar: 0.5 } }) },
    {
      wallTime: 1.5,
      step: 21,
      what: summary(
        { tag: 'dice', value: { kind: 'scalar', scalar: 0.25 } },
        { tag: 'jaccard', value: { kind: 'scalar', scalar: Number.NaN } },
      ),
    },
  ]);
  expect(calls).toEqual(['close']);
});

test('a scalar beyond float32 is written as infinite', () => {
  const { sink, events } = memorySink();
  new EventWriter(sink).scalar('loss', -1e300, 0);
  expect(events()[1]?.what).toEqual(
    summary({ tag: 'loss', value: { kind: 'scalar', scalar: Number.NEGATIVE_INFINITY } }),
  );
});

test('histograms, images and text are read back as written', () => {
  const { sink, events } = memorySink();
  const writer = new EventWriter(sink);
  const size = { width: 2, height: 3, channels: 1 };
  const png = tinyPng(size);
  writer.histogram('weights', [0, 1, 2, 2], 4, 2);
  writer.image('slice', png, size, 4);
  writer.image('slices', [png, png], size, 4);
  writer.text('note', 'größe', 4);
  const image = { kind: 'image', image: { ...size, encoded: png } };
  expect(events().map(({ what }) => what)).toEqual([
    { kind: 'version', version: 'brain.Event:2' },
    summary({
      tag: 'weights',
      value: {
        kind: 'histogram',
        histogram: { min: 0, max: 2, num: 4, sum: 5, sumSquares: 9, bucketLimits: [1, 2], buckets: [1, 3] },
      },
    }),
    summary({ tag: 'slice', value: image }),
    summary({ tag: 'slices/image/0', value: image }, { tag: 'slices/image/1', value: image }),
    summary({
      tag: 'note',
      metadata: { pluginName: 'text', content: new Uint8Array(0), dataClass: 2 },
      value: {
        kind: 'tensor',
        tensor: { dtype: 'string', shape: [], values: [new TextEncoder().encode('größe')] },
      },
    }),
  ]);
});

test('a slow sink gets one record at a time, in order', async () => {
  const { sink, events, calls } = memorySink({ slow: true });
  const writer = new EventWriter(sink);
  writer.scalar('a', 1, 1);
  writer.scalar('a', 2, 2);
  await writer.flush();
  expect(events().map(({ step }) => step)).toEqual([0, 1, 2]);
  writer.scalar('a', 3, 3);
  await writer.close();
  expect(events().map(({ step }) => step)).toEqual([0, 1, 2, 3]);
  expect(calls).toEqual(['flush', 'close']);
});

test('a failed write is thrown by what comes next, and nothing follows it', async () => {
  const { sink, records, calls } = memorySink({ slow: true, failAt: 1 });
  const writer = new EventWriter(sink);
  writer.scalar('a', 1, 1);
  writer.scalar('a', 2, 2);
  await expect(writer.flush()).rejects.toThrow('disk full');
  expect(() => writer.scalar('a', 3, 3)).toThrow('disk full');
  await expect(writer.close()).rejects.toThrow('disk full');
  expect(records.length).toBe(1);
  expect(calls).toEqual(['close']);
});

test('a closed writer refuses more, and may be closed again', async () => {
  const { sink, calls } = memorySink();
  const writer = new EventWriter(sink);
  await writer.close();
  await writer.close();
  expect(calls).toEqual(['close']);
  expect(() => writer.scalar('a', 1, 1)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  await expect(writer.flush()).rejects.toThrow(expect.objectContaining({ code: 'CLOSED' }));
});

test.each<[string, (writer: EventWriter) => void, string]>([
  ['a step that is no whole number', (writer) => writer.scalar('a', 1, 1.5), 'got 1.5'],
  ['an empty tag', (writer) => writer.scalar('', 1, 1), 'the tag is empty'],
  [
    'bytes that are no PNG file',
    (writer) => writer.image('a', Uint8Array.of(1, 2), { width: 1, height: 1, channels: 1 }, 1),
    '2 bytes beginning with 01 02',
  ],
  [
    'a PNG file of another size',
    (writer) =>
      writer.image(
        'a',
        tinyPng({ width: 2, height: 3, channels: 1 }),
        { width: 3, height: 2, channels: 1 },
        1,
      ),
    'said to be 3x2 with 1 channels, the PNG file is 2x3 with 1',
  ],
  [
    'a hyperparameter that is no finite number',
    (writer) => writer.hparams({ hparams: { lr: Number.NaN } }),
    '"lr" is NaN',
  ],
])('%s is refused and nothing written', (_, write, message) => {
  const { sink, records } = memorySink();
  const writer = new EventWriter(sink);
  expect(() => write(writer)).toThrow(
    expect.objectContaining({ code: 'BAD_ARGUMENT', message: expect.stringContaining(message) }),
  );
  expect(records.length).toBe(1);
});

test('a record with right checksums that is no event is named', () => {
  const bytes = encodeRecord(Uint8Array.of(0xff, 0xff));
  expect(() => readEvents(bytes)).toThrow(
    expect.objectContaining({
      code: 'CORRUPT_RECORD',
      offset: 0,
      message: expect.stringContaining('no TensorBoard event'),
    }),
  );
});

function summary(...values: object[]) {
  return { kind: 'summary', values };
}
