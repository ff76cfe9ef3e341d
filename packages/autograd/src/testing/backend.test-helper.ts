/**
 * The backend that operators, gradients and training are tested on: onnxruntime-node on the processor, or the one
 * that ONNX_AUTOGRAD_BACKEND names. The suite is run once for each (see the projects of vitest.config.ts).
 */
import { openBackend } from '../node/open-backend.ts';
import type { BackendName } from '../runtime/backend.ts';

const name = (process.env.ONNX_AUTOGRAD_BACKEND ?? 'cpu') as BackendName;

const backend = await openBackend(name, { threads: 1 });

export const ort = backend.runtime;

/** Options of a session; one thread, so that results do not depend on the machine. */
export const oneThread = backend.session;
