/**
 * The network class that brainchop runs in browsers, for timing beside ours: MeshNet (Fedorov et al., "End-to-end
 * learning of brain tissue segmentation from imperfect labeling", IJCNN 2017) by its published layer list, with 30
 * channels and 18 classes, on the whole conformed volume. Batch normalisation folds into the convolutions; the
 * weights are random, which takes the same time.
 */
import { buildInferenceGraph, convBlock, encodeModel, initialise, SeededRandom } from 'onnx-autograd';

const dilations = [1, 2, 4, 8, 16, 8, 4, 2, 1];
const channels = 30;
const classes = 18;

/**
 * @param side voxels along each side; 256 is what brainchop runs
 * @returns the bytes of an `.onnx` file with input `image` [1, 1, side, side, side]
 */
export function meshNet(side: number): Uint8Array {
  const graph = buildInferenceGraph(
    {
      name: 'mesh-net',
      inputShape: [1, side, side, side],
      build(image) {
        const hidden = dilations.reduce(
          (x, dilation, at) => convBlock(`layer${at + 1}`, x, channels, { dilation }),
          image,
        );
        return convBlock('classes', hidden, classes, { kernel: 1, activation: 'none' });
      },
    },
    1,
  );
  const random = new SeededRandom(1);
  const weights = new Map<string, Float32Array>();
  for (const { value, initialiser } of graph.parameters) {
    const data = new Float32Array(value.shape.reduce((a, b) => a * b, 1));
    initialise(data, value.shape, initialiser, random);
    weights.set(value.name, data);
  }
  return encodeModel(graph, { name: 'mesh-net', weights });
}
