/** Models from files: the pair of volume networks, small and with random weights, beside slice models. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gridOf, type Shape3 } from '@ventriseg/imaging';
import { buildInferenceGraph, initialise, SeededRandom } from 'onnx-autograd';
import * as onnxruntime from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  buildVolumeNetwork,
  exportVolumeModel,
  locateClasses,
  segmentClasses,
  type VolumeRole,
} from '../volumes/index.ts';
import { loadModelFiles } from './load-model-files.ts';
import { openModel } from './segment-file.ts';
import { isPair, segmentVolume } from './segment-volume.ts';
import { gridAround, intensityModel, paint } from './synthetic-head.test-helper.ts';

function randomNetwork(role: VolumeRole): Uint8Array {
  const classes = role === 'locate' ? locateClasses : segmentClasses;
  const network = { kind: 'block-unet', blockSize: 2, filters: [4, 6] } as const;
  const shape: Shape3 = [16, 16, 16];
  const graph = buildInferenceGraph(
    buildVolumeNetwork(role, { ...network, filters: [...network.filters] }, classes.length, shape, true),
    1,
  );
  const random = new SeededRandom(3);
  const weights = new Map<string, Float32Array>();
  for (const { value, initialiser } of graph.parameters) {
    const data = new Float32Array(value.shape.reduce((a, b) => a * b, 1));
    initialise(data, value.shape, initialiser, random);
    weights.set(value.name, data);
  }
  return exportVolumeModel({
    ...{ role, classes, shape, weights, steps: 0 },
    network: { ...network, filters: [...network.filters] },
    recipe: { name: role, description: 'Random weights' },
  });
}

let folder = '';
const file = (role: VolumeRole) => join(folder, `small-${role}.onnx`);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ventriseg-pair-'));
  for (const role of ['locate', 'segment'] as const) writeFileSync(file(role), randomNetwork(role));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('either file of a pair opens both, and they segment on the scan’s grid', async () => {
  for (const role of ['locate', 'segment'] as const) {
    const model = await openModel(file(role), { threads: 1, backend: 'cpu' });
    if (!isPair(model)) throw new Error('not a pair');
    expect([model.locate.metadata.role, model.segment.metadata.role]).toEqual(['locate', 'segment']);
    expect(model.segment.metadata.classes.map(({ label }) => label)).toEqual([0, 4, 43, 5, 44, 14, 15]);
    if (role === 'segment') {
      const scan = paint(gridAround([2, 2, 2], [96, 96, 96]), [
        { centre: [0, 0, 0], radii: [40, 44, 40], value: 100 },
      ]);
      const { labels, options, quality } = await segmentVolume(scan, model, { force: true });
      expect(gridOf(labels)).toEqual(gridOf(scan));
      expect(options.choroidPlexus).toBe('ventricle');
      // Random weights know nothing; it must not pass for a result.
      expect(quality.length).toBeGreaterThan(0);
    }
    await model.release();
  }
});

test('what becomes of the choroid plexus is the choice of who opens the model', async () => {
  const apart = await openModel(file('segment'), { threads: 1, backend: 'cpu', choroidPlexus: 'left-out' });
  expect(isPair(apart) && apart.segment.choroidPlexus).toBe('left-out');
  await apart.release();
  const bytes = intensityModel([100], {});
  const choice = { choroidPlexus: 'left-out' } as const;
  await expect(loadModelFiles([{ bytes, path: 'm.onnx' }], onnxruntime, choice)).rejects.toMatchObject({
    code: 'BAD_ARGUMENT',
  });
});

test('files that are no model together are refused', async () => {
  const [locate, segment] = (['locate', 'segment'] as const).map((role) => ({
    bytes: randomNetwork(role),
    path: `${role}.onnx`,
  }));
  const slices = { bytes: intensityModel([100], {}), path: 'slices.onnx' };
  for (const files of [[], [segment!], [locate!, locate!], [segment!, slices], [locate!, segment!, slices]]) {
    await expect(
      loadModelFiles(files, onnxruntime),
      files.map(({ path }) => path).join(),
    ).rejects.toMatchObject({
      code: 'BAD_MODEL',
    });
  }
  rmSync(file('locate'));
  await expect(openModel(file('segment'))).rejects.toMatchObject({ code: 'NO_SUCH_MODEL' });
});
