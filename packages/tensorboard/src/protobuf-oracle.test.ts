/**
 * Everything the package writes, read by Google's protobuf for Python with a schema that was written from the
 * published field numbers, and with another CRC-32C.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, type TestContext } from 'vitest';
import { runPython, testWithPython } from '../../../test/python-oracle.ts';
import { encodeGraphDef } from './graph.ts';
import { tinyPng } from './tiny-png.test-helper.ts';
import { EventWriter } from './writer.ts';

const testFolder = fileURLToPath(new URL('../test', import.meta.url));

/** Writes events and returns what the independent reader makes of them. */
function readIndependently(
  context: TestContext,
  write: (writer: EventWriter) => void,
  options: { purgeStep?: number; change?: (bytes: Uint8Array) => Uint8Array } = {},
) {
  const { change = (bytes) => bytes, ...writerOptions } = options;
  if (spawnSync('protoc', ['--version']).status !== 0) {
    context.skip('no protoc: apt install protobuf-compiler');
  }
  const records: Uint8Array[] = [];
  const writer = new EventWriter(
    { write: (record) => void records.push(record), close: () => {} },
    { clock: () => 2500, ...writerOptions },
  );
  write(writer);
  const generated = mkdtempSync(join(tmpdir(), 'tensorboard-schema-'));
  try {
    execFileSync('protoc', [`--proto_path=${testFolder}`, `--python_out=${generated}`, 'tensorboard.proto']);
    const script = readFileSync(join(testFolder, 'read_events.py'), 'utf8');
    return JSON.parse(runPython(script, [generated], change(new Uint8Array(Buffer.concat(records)))));
  } finally {
    rmSync(generated, { recursive: true });
  }
}

testWithPython('scalars, histograms, images and text', ['google.protobuf'], (context) => {
  const size = { width: 200, height: 3, channels: 3 };
  const png = tinyPng(size);
  const events = readIndependently(context, (writer) => {
    writer.scalars({ 'train/loss': 0.5, 'val/dice': 0 }, 2 ** 40);
    writer.scalar('nan', Number.NaN, -1);
    writer.histogram('weights', Float32Array.of(-1, 0, 0.5, 1), 3, 2);
    writer.image('slice', png, size, 4);
    writer.text('note', '# ä', 5);
  });
  const image = { ...size, colorspace: 3, encoded_image_string: Buffer.from(png).toString('base64') };
  const { channels: _, ...picture } = image;
  const weights = {
    min: -1,
    max: 1,
    num: 4,
    sum: 0.5,
    sum_squares: 2.25,
    bucket_limit: [0, 1],
    bucket: [1, 3],
  };
  expect(events).toEqual([
    { wall_time: 2.5, file_version: 'brain.Event:2' },
    {
      wall_time: 2.5,
      step: String(2 ** 40),
      summary: {
        value: [
          { tag: 'train/loss', simple_value: 0.5 },
          { tag: 'val/dice', simple_value: 0 },
        ],
      },
    },
    { wall_time: 2.5, step: '-1', summary: { value: [{ tag: 'nan', simple_value: 'NaN' }] } },
    { wall_time: 2.5, step: '3', summary: { value: [{ tag: 'weights', histo: weights }] } },
    { wall_time: 2.5, step: '4', summary: { value: [{ tag: 'slice', image: picture }] } },
    {
      wall_time: 2.5,
      step: '5',
      summary: {
        value: [
          {
            tag: 'note',
            metadata: { plugin_data: { plugin_name: 'text' }, data_class: 'DATA_CLASS_TENSOR' },
            tensor: {
              dtype: 'DT_STRING',
              tensor_shape: {},
              string_val: [Buffer.from('# ä').toString('base64')],
            },
          },
        ],
      },
    },
  ]);
});

testWithPython(
  'the graph: names, inputs, attributes of every type, shapes',
  ['google.protobuf'],
  (context) => {
    const events = readIndependently(context, (writer) =>
      writer.graph(
        encodeGraphDef([
          { name: 'input', op: 'Placeholder', inputs: [], outputShapes: [[-1, 1, 96, 0], []] },
          {
            name: 'encoder/conv',
            op: 'Conv',
            inputs: ['input', 'input:1', '^input'],
            attributes: {
              group: 1,
              alpha: 0.5,
              same: true,
              pad: 'edge',
              kernel: [3, -1],
              scales: [0.5, 2],
              none: [],
            },
          },
        ]),
      ),
    );
    const sizes = (...values: number[]) => ({
      dim: values.map((size) => (size === 0 ? {} : { size: String(size) })),
    });
    expect(events[1].graph).toEqual({
      node: [
        {
          name: 'input',
          op: 'Placeholder',
          attr: { _output_shapes: { list: { shape: [sizes(-1, 1, 96, 0), {}] } } },
        },
        {
          name: 'encoder/conv',
          op: 'Conv',
          input: ['input', 'input:1', '^input'],
          attr: {
            group: { i: '1' },
            alpha: { f: 0.5 },
            same: { b: true },
            pad: { s: Buffer.from('edge').toString('base64') },
            kernel: { list: { i: ['3', '-1'] } },
            scales: { list: { f: [0.5, 2] } },
            none: { list: {} },
          },
        },
      ],
      versions: { producer: 22 },
    });
  },
);

testWithPython('hyperparameters, metrics and the end of the session', ['google.protobuf'], (context) => {
  const events = readIndependently(context, (writer) => {
    writer.hparams(
      {
        hparams: { lr: 1e-4, network: 'unet', augment: false },
        metrics: ['val/dice', { tag: 'loss', group: 'validation', displayName: 'Loss', description: 'BCE' }],
      },
      { groupName: 'seeds', modelUri: 'runs/a' },
    );
    writer.endSession('failure');
  });
  const values = events.flatMap((event: { summary?: { value: object[] } }) => event.summary?.value ?? []);
  const metadata = { plugin_data: { plugin_name: 'hparams' }, data_class: 'DATA_CLASS_TENSOR' };
  const tensor = { dtype: 'DT_FLOAT', tensor_shape: { dim: [{}] } };
  expect(values).toEqual([
    {
      tag: '_hparams_/experiment',
      metadata,
      tensor,
      hparams: {
        experiment: {
          time_created_secs: 2.5,
          hparam_infos: [
            { name: 'lr', type: 'DATA_TYPE_FLOAT64' },
            { name: 'network', type: 'DATA_TYPE_STRING' },
            { name: 'augment', type: 'DATA_TYPE_BOOL' },
          ],
          metric_infos: [
            { name: { tag: 'val/dice' } },
            { name: { group: 'validation', tag: 'loss' }, display_name: 'Loss', description: 'BCE' },
          ],
        },
      },
    },
    {
      tag: '_hparams_/session_start_info',
      metadata,
      tensor,
      hparams: {
        session_start_info: {
          hparams: { lr: 1e-4, network: 'unet', augment: false },
          model_uri: 'runs/a',
          group_name: 'seeds',
          start_time_secs: 2.5,
        },
      },
    },
    {
      tag: '_hparams_/session_end_info',
      metadata,
      tensor,
      hparams: { session_end_info: { status: 'STATUS_FAILURE', end_time_secs: 2.5 } },
    },
  ]);
});

testWithPython('a resumed run says from which step on it counts', ['google.protobuf'], (context) => {
  const events = readIndependently(context, () => {}, { purgeStep: 7 });
  expect(events[1]).toEqual({ wall_time: 2.5, step: '7', session_log: { status: 'START' } });
});

testWithPython('a flipped bit is found by the other reader too', ['google.protobuf'], (context) => {
  const flip = (bytes: Uint8Array) => {
    const damaged = bytes.slice();
    damaged[damaged.length - 6]! ^= 1;
    return damaged;
  };
  expect(() => readIndependently(context, (writer) => writer.scalar('a', 1, 1), { change: flip })).toThrow(
    'wrong checksum of the payload at byte 40',
  );
});
