/**
 * Seeded random numbers: xoshiro128** 1.1 (Blackman and Vigna 2018), its four words filled by splitmix32.
 *
 * Math.random cannot be seeded, so nothing it touches can be repeated. This generator is small, fast on 32-bit
 * integers, passes BigCrush, and its whole state is five numbers, so a run can be stopped and resumed exactly.
 * Not for secrets.
 */

/** All that is needed to go on where a generator stopped; plain JSON. */
export interface SeededRandomState {
  /** Four unsigned 32-bit words, not all zero. */
  readonly words: readonly [number, number, number, number];
  /** The second normal deviate of the last pair, when it is still unused. */
  readonly spareNormal: number | null;
}

/** A seeded generator; the same seed gives the same numbers on every machine. */
export class SeededRandom {
  #words: Uint32Array;
  #spareNormal: number | null = null;

  /** @param seed Any integer from 0 to 2^53 - 1; both halves of it count. */
  constructor(seed: number) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`seed must be an integer from 0 to 2^53 - 1: ${seed}`);
    }
    this.#words = new Uint32Array(4);
    let low = seed >>> 0;
    const high = Math.floor(seed / 2 ** 32) >>> 0;
    for (let k = 0; k < 4; k++) {
      // The upper half enters half way, so that seeds which differ only there differ too.
      if (k === 2) low = (low ^ high) >>> 0;
      low = (low + 0x9e3779b9) >>> 0;
      this.#words[k] = mix32(low);
    }
    if (this.#words.every((word) => word === 0)) this.#words[0] = 1;
  }

  /** A generator that goes on from a saved state. */
  static fromState(state: SeededRandomState): SeededRandom {
    const random = new SeededRandom(0);
    random.state = state;
    return random;
  }

  get state(): SeededRandomState {
    const [a, b, c, d] = this.#words;
    return { words: [a!, b!, c!, d!], spareNormal: this.#spareNormal };
  }

  set state(state: SeededRandomState) {
    const { words, spareNormal } = state;
    const valid = words.length === 4 && words.every((w) => Number.isInteger(w) && w >= 0 && w < 2 ** 32);
    if (!valid || words.every((word) => word === 0)) {
      throw new RangeError(`random state must be four 32-bit words, not all zero: [${words.join(', ')}]`);
    }
    this.#words = Uint32Array.from(words);
    this.#spareNormal = spareNormal;
  }

  /** The next 32 random bits, as an unsigned integer. */
  nextUint32(): number {
    const s = this.#words;
    const s1 = s[1]!;
    const x5 = Math.imul(s1, 5);
    const result = Math.imul((x5 << 7) | (x5 >>> 25), 9) >>> 0;
    const t = s1 << 9;
    s[2]! ^= s[0]!;
    s[3]! ^= s1;
    s[1]! ^= s[2]!;
    s[0]! ^= s[3]!;
    s[2]! ^= t;
    const s3 = s[3]!;
    s[3] = (s3 << 11) | (s3 >>> 21);
    return result;
  }

  /** Uniform in [0, 1), with 53 random bits. */
  next(): number {
    const high = this.nextUint32() >>> 5;
    const low = this.nextUint32() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** Uniform integer from 0 to n - 1, without modulo bias; n from 1 to 2^32. */
  nextInt(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) {
      throw new RangeError(`nextInt(n) needs an integer from 1 to 2^32: ${n}`);
    }
    const limit = 2 ** 32 - (2 ** 32 % n);
    let bits = this.nextUint32();
    while (bits >= limit) bits = this.nextUint32();
    return bits % n;
  }

  /** Normal deviate of mean 0 and standard deviation 1 (Box and Muller 1958; deviates come in pairs). */
  normal(): number {
    if (this.#spareNormal !== null) {
      const spare = this.#spareNormal;
      this.#spareNormal = null;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    const angle = 2 * Math.PI * this.next();
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  /** Puts an array into random order in place (Fisher and Yates) and returns it. */
  shuffle<T extends { length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
}

/** The finaliser of splitmix32 (MurmurHash3's fmix32). */
function mix32(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
