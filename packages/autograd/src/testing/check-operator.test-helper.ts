/**
 * The test that every operator must pass, in three comparisons:
 *
 * 1. what the runtime computes in float32 equals an independent naive version (where given) and the float64 run of
 *    the emitted nodes;
 * 2. the emitted gradient, run in float64, equals central finite differences of the forward nodes;
 * 3. the emitted gradient, run by the runtime in float32, equals its float64 run.
 *
 * The loss is the sum of the output times fixed noise, so that every output counts differently.
 */
import { expect } from 'vitest';
import { Graph, type Value } from '../graph/graph.ts';
import { ones } from '../graph/initialiser.ts';
import { multiply } from '../operators/arithmetic.ts';
import { sum } from '../operators/reduce.ts';
import { SeededRandom } from '../random/seeded-random.ts';
import { directionalDerivative, partialDerivatives, someElements } from './finite-differences.test-helper.ts';
import { interpret } from './reference-interpreter.test-helper.ts';
import { runGraph } from './run-graph.test-helper.ts';
import { noise, relativeError, type Tensor64 } from './tensor64.test-helper.ts';

export interface OperatorCase {
  /** Operands by name; each is a trainable parameter, so each gets a gradient. */
  readonly operands: Readonly<Record<string, Tensor64>>;
  readonly build: (operands: Readonly<Record<string, Value>>, graph: Graph) => Value;
  /** The operator written another way. */
  readonly reference?: (operands: Readonly<Record<string, Tensor64>>) => Tensor64;
  /** Allowed error of float32, relative to the root mean square; default 1e-5. */
  readonly tolerance?: number;
  /** Start values of parameters that the operator makes itself; noise around 1 where left out. */
  readonly parameters?: Readonly<Record<string, Tensor64>>;
}

/** The graph of a case with its loss, gradients as outputs, and the feeds of both. */
export function gradientCase(c: OperatorCase) {
  const graph = new Graph({ mode: 'training' });
  const feeds = new Map<string, Tensor64>(Object.entries(c.operands));
  const operands = Object.fromEntries(
    Object.entries(c.operands).map(([name, t]) => [name, graph.parameter(name, t.shape, ones)]),
  );
  const y = c.build(operands, graph);
  const projection = noise(y.shape, 99);
  feeds.set('projection', projection);
  const loss = sum(multiply(y, graph.input('projection', y.shape)));
  for (const { value } of graph.parameters) {
    if (feeds.has(value.name)) continue;
    const own = c.parameters?.[value.name] ?? noise(value.shape, value.name.length, 0.3);
    feeds.set(
      value.name,
      c.parameters?.[value.name] ? own : { ...own, data: own.data.map((v) => Math.fround(v + 1)) },
    );
  }
  const gradients = graph.backward(loss);
  graph.output('y', y);
  for (const [name, gradient] of gradients) graph.output(`d/${name}`, gradient);
  return { graph, feeds, loss, gradients };
}

export async function checkOperator(c: OperatorCase): Promise<void> {
  const tolerance = c.tolerance ?? 1e-5;
  const { graph, feeds, loss, gradients } = gradientCase(c);
  const outputs = await runGraph(graph, feeds);
  const exact = interpret(graph, feeds, ['y', ...[...gradients.keys()].map((name) => `d/${name}`)]);

  const y = outputs.get('y')!;
  expect(relativeError(y.data, exact.get('y')!.data), 'forward').toBeLessThan(tolerance);
  if (c.reference) {
    const wanted = c.reference(c.operands);
    expect(y.shape).toEqual(wanted.shape);
    expect(relativeError(exact.get('y')!.data, wanted.data), 'emitted nodes').toBeLessThan(1e-6);
    expect(relativeError(y.data, wanted.data), 'forward').toBeLessThan(tolerance);
  }

  const evaluate = () => interpret(graph, feeds, [loss.name]).get(loss.name)!.data[0]!;
  for (const name of gradients.keys()) {
    const gradient = exact.get(`d/${name}`)!.data;
    expect(
      relativeError(outputs.get(`d/${name}`)!.data, gradient),
      `gradient of ${name}, float32 to float64`,
    ).toBeLessThan(tolerance);
    checkAgainstFiniteDifferences(name, gradient, feeds.get(name)!.data, evaluate);
  }
}

/** Compares a float64 gradient with differences: element by element, and along random directions if it is large. */
export function checkAgainstFiniteDifferences(
  name: string,
  gradient: Float64Array,
  x: Float64Array,
  evaluate: () => number,
  options: { elements?: number; directions?: number; tolerance?: number; step?: number } = {},
): void {
  const { elements = 60, directions = 3, tolerance = 1e-6, step = 1e-4 } = options;
  const scale = Math.sqrt(gradient.reduce((s, v) => s + v * v, 0) / gradient.length);
  const chosen = someElements(x.length, elements, 7);
  const differences = partialDerivatives(evaluate, x, chosen, step);
  chosen.forEach((i, k) => {
    const error = Math.abs(gradient[i]! - differences[k]!);
    expect(error, `gradient of ${name}[${i}]: ${gradient[i]}, differences ${differences[k]}`).toBeLessThan(
      tolerance * (scale + 1e-3),
    );
  });
  if (chosen.length === x.length) return;
  const random = new SeededRandom(8);
  for (let k = 0; k < directions; k++) {
    const direction = Float64Array.from(x, () => random.normal() / Math.sqrt(x.length));
    const along = directionalDerivative(evaluate, x, direction, step);
    const wanted = gradient.reduce((s, v, i) => s + v * direction[i]!, 0);
    expect(
      Math.abs(along - wanted),
      `gradient of ${name} along direction ${k}: ${wanted}, differences ${along}`,
    ).toBeLessThan(tolerance * (scale + 1e-3));
  }
}
