/** A network described once: its input and how its logits come from it. */
import { AutogradError, formatShape } from '../errors.ts';
import { Graph, type Value } from '../graph/graph.ts';
import type { Loss } from '../losses/losses.ts';
import { probabilities, targetShape } from '../losses/losses.ts';
import { add, multiply } from '../operators/arithmetic.ts';
import { sum } from '../operators/reduce.ts';

export interface Network {
  readonly name: string;
  /** [channels, ...spatial] of one image. */
  readonly inputShape: readonly number[];
  /**
   * Builds the logits [N, K, ...spatial] from the images [N, ...inputShape]. In a graph of mode `training` it may
   * push logits of lower resolutions onto `sideOutputs` of the graph, for deep supervision.
   */
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
  const target = g.input('target', targetShape(loss, logits));
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

/** Losses of a network's side outputs, each with its weight beside the main loss, in the outputs' order. */
export type SideLosses = readonly (readonly [weight: number, loss: Loss])[];

/**
 * Forward, loss and backward for one chunk of a batch.
 *
 * Inputs `image`, `target` and `image_weight` [chunk]: 1 / batch size for images that count, 0 for those that
 * only fill the chunk. Outputs `loss` (the chunk's share of the batch's mean) and `gradient/<parameter>`; adding
 * up over the chunks gives loss and gradient of the whole batch exactly. The target of a side output is the target
 * averaged over its pixels.
 */
export function buildGradientGraph(
  network: Network,
  loss: Loss,
  chunkSize: number,
  sideLosses: SideLosses = [],
): Graph {
  const g = new Graph({ mode: 'training' });
  const logits = network.build(g.input('image', [chunkSize, ...network.inputShape]));
  const target = g.input('target', targetShape(loss, logits));
  const imageWeight = g.input('image_weight', [chunkSize]);
  const each = g.scope('loss', () => checkedLoss(network, loss, logits, target));
  const fed = ['image', 'target', 'image_weight', ...g.dropoutInputs.keys()];
  const unfed = g.inputs.find(({ name }) => !fed.includes(name));
  if (unfed !== undefined) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${network.name}: nothing feeds input ${unfed.name}; a network has the images as its only input`,
    );
  }
  const sides = sideLossesOf(network, target, sideLosses);
  const total = g.scope('loss', () =>
    sum(
      multiply(
        [each, ...sides].reduce((a, b) => add(a, b)),
        imageWeight,
      ),
    ),
  );
  for (const [name, gradient] of g.backward(total)) g.output(gradientName(name), gradient);
  for (const [name, value] of g.stateUpdates) g.output(stateUpdateName(name), value);
  g.output('loss', total);
  return g;
}

function checkedLoss(network: Network, loss: Loss, logits: Value, target: Value): Value {
  const each = loss(logits, target);
  const images = logits.shape[0]!;
  if (formatShape(each.shape) !== formatShape([images])) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${network.name}: the loss must be one number an image, ${images}, got ${formatShape(each.shape)}`,
    );
  }
  return each;
}

/** The weighted losses of the side outputs, one number an image each. */
function sideLossesOf(network: Network, target: Value, sideLosses: SideLosses): Value[] {
  const g = target.graph;
  if (g.sideOutputs.length !== sideLosses.length) {
    throw new AutogradError(
      'BAD_ARGUMENT',
      `${network.name}: ${g.sideOutputs.length} side outputs need as many side losses, got ${sideLosses.length}`,
    );
  }
  return g.sideOutputs.map((logits, i) =>
    g.scope(`side_loss${i + 1}`, () => {
      const [weight, loss] = sideLosses[i]!;
      return multiply(checkedLoss(network, loss, logits, shrink(network, target, logits)), weight);
    }),
  );
}

/** The target at the resolution of a side output: means over the pixels that become one. */
function shrink(network: Network, target: Value, logits: Value): Value {
  const window = target.shape.slice(2).map((n, axis) => n / logits.shape[axis + 2]!);
  const sameChannels = formatShape(logits.shape.slice(0, 2)) === formatShape(target.shape.slice(0, 2));
  if (!sameChannels || logits.shape.length !== target.shape.length || !window.every(Number.isInteger)) {
    throw new AutogradError(
      'SHAPE_MISMATCH',
      `${network.name}: side output ${formatShape(logits.shape)} is no whole fraction of the target ${formatShape(target.shape)}`,
    );
  }
  return target.graph.emit('AveragePool', [target], logits.shape, { kernel_shape: window, strides: window });
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
