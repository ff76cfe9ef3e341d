/** The page's side of a worker. */
import type { EngineCalls, EngineReply, EngineRequest, ProgressOf } from './protocol.ts';

/** An error that the worker reported, with the library's stable code; CANCELLED when the user stopped it. */
export class EngineFailure extends Error {
  override readonly name = 'EngineFailure';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: EngineFailure) => void;
  readonly onProgress: (progress: never) => void;
}

/**
 * Calls the worker. Cancelling ends the worker at once, whatever it is doing, and the next call starts a new one:
 * a network that is running in WebAssembly cannot be interrupted otherwise.
 */
export class Engine {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  call<Method extends keyof EngineCalls>(
    method: Method,
    argument: Parameters<EngineCalls[Method]>[0],
    onProgress: (progress: ProgressOf<Method>) => void = () => {},
  ): ReturnType<EngineCalls[Method]> {
    const worker = this.started();
    const id = ++this.lastId;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, onProgress });
      worker.postMessage({ id, method, argument } as EngineRequest);
    });
    return answer as ReturnType<EngineCalls[Method]>;
  }

  /** Ends all that is under way; its calls fail with CANCELLED. */
  cancel(): void {
    this.end(new EngineFailure('CANCELLED', 'stopped'));
  }

  private started(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(new URL('./engine-worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<EngineReply>) => this.receive(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.end(
        new EngineFailure(
          'WORKER_FAILED',
          `the page's worker broke down: ${event.message || 'it could not be loaded'}; load the page again, and ` +
            'close other pages when memory is short',
        ),
      );
    };
    this.worker = worker;
    return worker;
  }

  private receive(reply: EngineReply): void {
    const waiting = this.waiting.get(reply.id);
    if (waiting === undefined) return;
    if (reply.kind === 'progress') {
      waiting.onProgress(reply.progress as never);
      return;
    }
    this.waiting.delete(reply.id);
    if (reply.kind === 'done') waiting.resolve(reply.result);
    else waiting.reject(new EngineFailure(reply.error.code, reply.error.message));
  }

  private end(error: EngineFailure): void {
    this.worker?.terminate();
    this.worker = undefined;
    const all = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of all) reject(error);
  }
}
