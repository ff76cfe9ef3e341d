/** What is told to the user of what computes. */
import type { Backend } from 'onnx-autograd';
import type { ComputeUsed } from './protocol.ts';
import { threadCount } from './runtime.ts';

export function computeUsed({ name, passedOver }: Backend): ComputeUsed {
  return {
    name,
    threads: threadCount(),
    passedOver: passedOver.map((other) => `${other.name}: ${other.reason}`),
  };
}
