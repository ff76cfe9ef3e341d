/**
 * Checkpoints: weights, moments, step and random state in one file.
 *
 * Layout: 8 bytes "OAGCKPT1", the header's length (uint32, little endian), the header as JSON, zeros up to a
 * multiple of four, then the float32 vectors (weights, moments in the header's order), little endian, and a
 * CRC-32 of all that comes before it.
 */
import { AutogradError } from '../errors.ts';
import type { RandomState } from '../random/seeded-random.ts';
import type { ParameterLayout } from './parameter-layout.ts';

export interface Checkpoint {
  readonly network: string;
  readonly step: number;
  readonly layout: ParameterLayout;
  readonly random: RandomState;
  /** [layout.totalCount] */
  readonly weights: Float32Array;
  /** Each [layout.trainableCount]. */
  readonly moments: Readonly<Record<string, Float32Array>>;
  /** Whatever else the caller needs to go on: its own random state, best score, recipe. JSON values only. */
  readonly extra?: unknown;
}

const MAGIC = 'OAGCKPT1';

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { weights, moments, ...rest } = checkpoint;
  const momentNames = Object.keys(moments);
  const header = new TextEncoder().encode(JSON.stringify({ ...rest, momentNames }));
  const dataStart = Math.ceil((12 + header.length) / 4) * 4;
  const vectors = [weights, ...momentNames.map((name) => moments[name]!)];
  const dataLength = vectors.reduce((total, v) => total + v.byteLength, 0);
  const bytes = new Uint8Array(dataStart + dataLength + 4);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC));
  view.setUint32(8, header.length, true);
  bytes.set(header, 12);
  let at = dataStart;
  for (const v of vectors) {
    new Float32Array(bytes.buffer, at, v.length).set(v);
    at += v.byteLength;
  }
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  return bytes;
}

/** @throws AutogradError BAD_CHECKPOINT when the bytes are no checkpoint, cut short or damaged */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const fail = (what: string) =>
    new AutogradError(
      'BAD_CHECKPOINT',
      `${what} (${bytes.length} bytes); start again or use an earlier checkpoint`,
    );
  if (bytes.length < 16 || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC)
    throw fail('not a checkpoint');
  // A copy, so that the float vectors are aligned whatever view was handed in.
  const own = bytes.slice();
  const view = new DataView(own.buffer);
  const end = own.length - 4;
  if (view.getUint32(end, true) !== crc32(own.subarray(0, end)))
    throw fail('the checkpoint is damaged or cut short');
  const headerLength = view.getUint32(8, true);
  const { momentNames, ...rest } = JSON.parse(new TextDecoder().decode(own.subarray(12, 12 + headerLength)));
  let at = Math.ceil((12 + headerLength) / 4) * 4;
  const take = (count: number) => {
    const vector = new Float32Array(own.buffer, at, count);
    at += vector.byteLength;
    return vector;
  };
  const weights = take(rest.layout.totalCount);
  const moments = Object.fromEntries(
    momentNames.map((name: string) => [name, take(rest.layout.trainableCount)]),
  );
  return { ...rest, weights, moments };
}

/** @throws AutogradError BAD_CHECKPOINT naming what differs */
export function checkLayout(
  checkpoint: Checkpoint,
  network: string,
  layout: ParameterLayout,
  moments: readonly string[],
): void {
  const describe = (l: ParameterLayout) =>
    [...l.trainable, ...l.state].map((slot) => `${slot.name}:${slot.shape.join('x')}`).join(' ');
  if (checkpoint.network !== network || describe(checkpoint.layout) !== describe(layout)) {
    throw new AutogradError(
      'BAD_CHECKPOINT',
      `the checkpoint is of ${checkpoint.network} with ${checkpoint.layout.totalCount} weights, not of ${network} with ${layout.totalCount}`,
    );
  }
  const kept = Object.keys(checkpoint.moments);
  if ([...kept].sort().join() !== [...moments].sort().join()) {
    throw new AutogradError(
      'BAD_CHECKPOINT',
      `the checkpoint holds the moments [${kept.join(', ')}], not [${moments.join(', ')}]: it is of another optimiser`,
    );
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let c = i;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = CRC_TABLE[(c ^ bytes[i]!) & 0xff]! ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
