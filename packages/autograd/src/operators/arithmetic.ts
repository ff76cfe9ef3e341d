/** Elementwise arithmetic with broadcasting, and the functions of one number that losses are made of. */
import type { Value } from '../graph/graph.ts';
import { broadcastShape, sumTo } from './shape.ts';

type Operand = Value | number;

function lift(x: Operand, beside: Operand): Value {
  return typeof x === 'number' ? (beside as Value).graph.scalar(x) : x;
}

const FUNCTION_NAMES = { Add: 'add', Sub: 'subtract', Mul: 'multiply', Div: 'divide' } as const;

/** Emits the node of a two-operand operator and its gradient rule; one of the operands must be a tensor. */
function binary(
  op: keyof typeof FUNCTION_NAMES,
  left: Operand,
  right: Operand,
  rule: (
    dy: Value,
    a: Value,
    b: Value,
    y: Value,
    needs: readonly boolean[],
  ) => [Value | undefined, Value | undefined],
): Value {
  const a = lift(left, right);
  const b = lift(right, left);
  const g = a.graph;
  const y = g.emit(op, [a, b], broadcastShape(FUNCTION_NAMES[op], a.shape, b.shape));
  return g.record([a, b], y, (dy, needs) => {
    const [da, db] = rule(dy, a, b, y, needs);
    return [da && sumTo(da, a.shape), db && sumTo(db, b.shape)];
  });
}

export function add(left: Operand, right: Operand): Value {
  return binary('Add', left, right, (dy) => [dy, dy]);
}

export function subtract(left: Operand, right: Operand): Value {
  return binary('Sub', left, right, (dy, _a, _b, _y, needs) => [dy, needs[1] ? negate(dy) : undefined]);
}

export function multiply(left: Operand, right: Operand): Value {
  return binary('Mul', left, right, (dy, a, b, _y, needs) => [
    needs[0] ? multiply(dy, b) : undefined,
    needs[1] ? multiply(dy, a) : undefined,
  ]);
}

export function divide(left: Operand, right: Operand): Value {
  return binary('Div', left, right, (dy, _a, b, y, needs) => {
    const quotient = divide(dy, b);
    return [needs[0] ? quotient : undefined, needs[1] ? negate(multiply(quotient, y)) : undefined];
  });
}

export function negate(x: Value): Value {
  const y = x.graph.emit('Neg', [x], x.shape);
  return x.graph.record([x], y, (dy) => [negate(dy)]);
}

export function exp(x: Value): Value {
  const y = x.graph.emit('Exp', [x], x.shape);
  return x.graph.record([x], y, (dy) => [multiply(dy, y)]);
}

/** Natural logarithm. */
export function log(x: Value): Value {
  const y = x.graph.emit('Log', [x], x.shape);
  return x.graph.record([x], y, (dy) => [divide(dy, x)]);
}

export function sqrt(x: Value): Value {
  const y = x.graph.emit('Sqrt', [x], x.shape);
  return x.graph.record([x], y, (dy) => [divide(multiply(dy, 0.5), y)]);
}

/** log(1 + exp(x)), without overflow. */
export function softplus(x: Value): Value {
  const g = x.graph;
  // max(x, 0) + log(1 + exp(-|x|)): ONNX's own Softplus overflows in float32 for large x in some runtimes.
  const tail = g.emit('Exp', [g.emit('Neg', [g.emit('Abs', [x], x.shape)], x.shape)], x.shape);
  const y = g.emit(
    'Add',
    [g.emit('Relu', [x], x.shape), g.emit('Log', [g.emit('Add', [tail, g.scalar(1)], x.shape)], x.shape)],
    x.shape,
  );
  return g.record([x], y, (dy) => [multiply(dy, g.emit('Sigmoid', [x], x.shape))]);
}
