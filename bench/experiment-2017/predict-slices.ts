/** Runs a trained network, as the `.onnx` file that anyone gets, over slices of a dataset. */
import * as onnxruntime from 'onnxruntime-node';
import type { Dataset } from '../../packages/ventriseg/src/dataset/index.ts';
import { batchOf } from '../../packages/ventriseg/src/training/sampler.ts';

const BATCH = 20;

/** @returns probabilities [positions.length, rows, columns] of a network of one class */
export async function predictSlices(
  modelPath: string,
  dataset: Dataset,
  positions: readonly number[],
  threads: number,
): Promise<Float32Array> {
  const session = await onnxruntime.InferenceSession.create(modelPath, {
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const { rows, columns } = dataset;
  const pixels = rows * columns;
  const result = new Float32Array(positions.length * pixels);
  for (let start = 0; start < positions.length; start += BATCH) {
    const { images, size } = batchOf(dataset, positions.slice(start, start + BATCH));
    const image = new onnxruntime.Tensor('float32', images, [size, 1, rows, columns]);
    const { probability } = await session.run({ image });
    const data = probability!.data as Float32Array;
    if (data.length !== size * pixels) {
      throw new Error(
        `${modelPath}: made ${data.length} values of ${size} slices, wanted one a pixel, ${size * pixels}`,
      );
    }
    result.set(data, start * pixels);
  }
  await session.release();
  return result;
}
