/** A network described once: its input and how its logits come from it. */
import { AutogradError, formatShape } from '../errors.ts';
import { Graph, type Value } from '../graph/graph.ts';
import type { Loss } from '../losses/losses.ts';
import { probabilities } from '../losses/losses.ts';
import { multiply } from '../operators/arithmetic.ts';
import { sum } from '../operators/reduce.ts';

export interface Network {
  readonly name: string;
  /** [channels, ...spatial] of one image. */
  readonly inputShape: readonly number[];
  /** Builds the logits [N, K, ...spatial] from the images [N, ...inputShape]. */
  build(images: Value): Value;
}

/** Forward only: input `image`, output `probability` (sigmoid for one class, softmax for several). */
export function buildInferenceGraph(network: Network, batchSize: number): Graph {
  const g = new Graph({ mode: 'inference' });
  const logits = network.build(g.input('image', [batchSize, ...network.inputShape]));
  g.output('probability', probabilities(logits));
  return g;
}

/** Forward and loss: inputs `image` and `target`, outputs `probability` and `loss`, one number an image. */
export function buildEvaluationGraph(network: Network, loss: Loss, batchSize: number): Graph {
  const g = new Graph({ mode: 'inference' });
  const logits = network.build(g.input('image', [batchSize, ...network.inputShape]));
  const target = g.input('target', logits.shape);
  g.output('probability', probabilities(logits));
  g.output(
    'loss',
    g.scope('loss', () => loss(logits, target)),
  );
  return g;
}

/** Forward with the result of every activation function as an output, `activation/<scope>`. */
export function buildActivationGraph(network: Network, batchSize: number): Graph {
  const g = new Graph({ mode: 'inference' });
  network.build(g.input('image', [batchSize, ...network.inputShape]));
  for (const { op, name } of [...g.nodes]) {
    if (op === 'Relu' || op === 'LeakyRelu')
      g.output(`activation/${name.replace(/\/[^/]*$/, '')}`, g.valueOf(name));
  }
  return g;
}

/**
 * Forward, loss and backward for one chunk of a batch.
 *
 * Inputs `image`, `target` and `image_weight` [chunk]: 1 / batch size for images that count, 0 for those that
 * only fill the chunk. Outputs `loss` (the chunk's share of the batch's mean) and `gradient/<parameter>`; adding
 * up over the chunks gives loss and gradient of the whole batch exactly.
 */
export function buildGradientGraph(network: Network, loss: Loss, chunkSize: number): Graph {
  const g = new Graph({ mode: 'training' });
  const logits = network.build(g.input('image', [chunkSize, ...network.inputShape]));
  const target = g.input('target', logits.shape);
  const imageWeight = g.input('image_weight', [chunkSize]);
  const each = g.scope('loss', () => loss(logits, target));
  if (formatShape(each.shape) !== formatShape([chunkSize])) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${network.name}: the loss must be one number an image, ${chunkSize}, got ${formatShape(each.shape)}`,
    );
  }
  const fed = ['image', 'target', 'image_weight', ...g.dropoutInputs.keys()];
  const unfed = g.inputs.find(({ name }) => !fed.includes(name));
  if (unfed !== undefined) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${network.name}: nothing feeds input ${unfed.name}; a network has the images as its only input`,
    );
  }
  const total = g.scope('loss', () => sum(multiply(each, imageWeight)));
  for (const [name, gradient] of g.backward(total)) g.output(gradientName(name), gradient);
  for (const [name, value] of g.stateUpdates) g.output(stateUpdateName(name), value);
  g.output('loss', total);
  return g;
}

export const gradientName = (parameter: string) => `gradient_of/${parameter}`;
export const stateUpdateName = (parameter: string) => `update_of/${parameter}`;

/** One line for people: name, input, number of trainable parameters. */
export function describeNetwork(network: Network): string {
  const graph = buildInferenceGraph(network, 1);
  const count = graph.parameters
    .filter((p) => p.trainable)
    .reduce((total, p) => total + p.value.shape.reduce((a, b) => a * b, 1), 0);
  return `${network.name}: input ${formatShape(network.inputShape)}, ${count.toLocaleString('en-US')} parameters`;
}
