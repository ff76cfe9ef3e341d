/**
 * Gzip as a stream of chunks by what the platform has: zlib in Node, where the web's streams pass on 16 KiB at a time
 * and take three times as long; CompressionStream and DecompressionStream elsewhere. An iteration that is left early
 * stops the work.
 */

/** What is used of Node's zlib. */
interface Zlib {
  createGzip(options: { readonly chunkSize: number }): ZlibStream;
  createGunzip(options: { readonly chunkSize: number; readonly rejectGarbageAfterEnd: boolean }): ZlibStream;
}

interface ZlibStream {
  on(event: 'data', listener: (chunk: Uint8Array) => void): void;
  on(event: 'end', listener: () => void): void;
  on(event: 'error', listener: (error: Error) => void): void;
  end(bytes: Uint8Array): void;
  destroy(): void;
}

export function gzipChunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const zlib = nodeZlib();
  return zlib === undefined
    ? throughStream(bytes, new CompressionStream('gzip'))
    : throughZlib(bytes, zlib.createGzip({ chunkSize: chunkSizeFor(bytes) }));
}

/** Fails as the platform does where the bytes are damaged, end too early or are followed by something else. */
export function gunzipChunks(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const zlib = nodeZlib();
  if (zlib === undefined) return throughStream(bytes, new DecompressionStream('gzip'));
  // Newer versions of Node pass over what follows unless told not to.
  return throughZlib(
    bytes,
    zlib.createGunzip({ chunkSize: chunkSizeFor(bytes), rejectGarbageAfterEnd: true }),
  );
}

/** Node's zlib, in a way that leaves bundles for browsers without it; undefined before Node 20.16 as well. */
function nodeZlib(): Zlib | undefined {
  const host = globalThis as { process?: { getBuiltinModule?: (id: string) => unknown } };
  return host.process?.getBuiltinModule?.('node:zlib') as Zlib | undefined;
}

/**
 * Bytes of a chunk of zlib's. Passing large ones on costs little; but the chunk that was being filled is lost where a
 * stream fails, so of short streams they are short.
 */
function chunkSizeFor(bytes: Uint8Array): number {
  return Math.min(Math.max(bytes.length >> 4, 1 << 14), 1 << 18);
}

/** By events, as iterating over the stream itself loses the chunks before a failure. */
async function* throughZlib(bytes: Uint8Array, stream: ZlibStream): AsyncIterable<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let ended = false;
  let failure: Error | undefined;
  let wake = () => {};
  stream.on('data', (chunk) => {
    chunks.push(chunk);
    wake();
  });
  stream.on('end', () => {
    ended = true;
    wake();
  });
  stream.on('error', (error) => {
    failure = error;
    wake();
  });
  stream.end(bytes);
  try {
    for (;;) {
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) yield chunk;
      if (failure !== undefined) throw failure;
      if (ended) return;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  } finally {
    stream.destroy();
  }
}

async function* throughStream(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): AsyncIterable<Uint8Array> {
  const writer = stream.writable.getWriter();
  // A failure of the writing side also ends the reading side below, where it is reported.
  writer.closed.catch(() => {});
  writer
    .write(bytes as Uint8Array<ArrayBuffer>)
    .then(() => writer.close())
    .catch(() => {});
  const reader = stream.readable.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
