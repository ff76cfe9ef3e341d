/**
 * A small seeded generator whose state can be saved, so that a resumed training draws the same numbers.
 *
 * sfc32 (Chris Doty-Humphrey, PractRand): 128 bits of state, passes BigCrush, and needs only 32-bit integer
 * arithmetic, which JavaScript does exactly. Seeded through splitmix32 so that near seeds give unrelated streams.
 * Math.random cannot be seeded, so nothing it touches can be repeated. Not for secrets.
 */

/** Three words and the counter, 32-bit integers; plain JSON. */
export type RandomState = readonly [number, number, number, number];

/** A seeded generator; the same seed gives the same numbers on every machine. */
export class SeededRandom {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  /**
   * @param seed any integer from 0 to 2^53 - 1, both halves of it count; or a state to go on from
   * @throws RangeError for another number, or a state that is not four 32-bit integers
   */
  constructor(seed: number | RandomState) {
    if (typeof seed !== 'number') {
      this.state = seed;
      return;
    }
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new RangeError(`seed must be an integer from 0 to 2^53 - 1: ${seed}`);
    }
    const upperHalf = Math.floor(seed / 2 ** 32) | 0;
    let s = seed | 0;
    const splitmix = () => {
      s = (s + 0x9e3779b9) | 0;
      let t = s ^ (s >>> 16);
      t = Math.imul(t, 0x21f0aaad);
      t ^= t >>> 15;
      t = Math.imul(t, 0x735a2d97);
      return (t ^ (t >>> 15)) | 0;
    };
    this.a = splitmix();
    this.b = splitmix();
    // The upper half enters last, so that seeds which differ only there differ too.
    s ^= upperHalf;
    this.c = splitmix();
    for (let i = 0; i < 12; i++) this.nextUint32();
  }

  /** The whole state; setting it continues the stream from there. */
  get state(): RandomState {
    return [this.a, this.b, this.c, this.counter];
  }

  set state(state: RandomState) {
    if (state.length !== 4 || !state.every((word) => Number.isInteger(word) && Math.abs(word) <= 2 ** 32)) {
      throw new RangeError(`random state must be four 32-bit integers: [${state.join(', ')}]`);
    }
    [this.a, this.b, this.c, this.counter] = state;
  }

  /** Uniform integer in [0, 2^32). */
  nextUint32(): number {
    const t = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + t) | 0;
    return t >>> 0;
  }

  /** Uniform in [0, 1), 53 random bits. */
  next(): number {
    return ((this.nextUint32() >>> 5) * 67108864 + (this.nextUint32() >>> 6)) / 9007199254740992;
  }

  /** Uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * this.next();
  }

  /** Uniform integer in [0, n), n from 1 to 2^53 - 1; the bias is below n / 2^53. */
  nextInt(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new RangeError(`nextInt(n) needs an integer from 1 to 2^53 - 1: ${n}`);
    }
    return Math.floor(this.next() * n);
  }

  /** Standard normal, by the Box-Muller transform (one value a call, so that the state stays four numbers). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** Normal with values beyond two standard deviations drawn again. */
  truncatedNormal(): number {
    for (;;) {
      const z = this.normal();
      if (Math.abs(z) <= 2) return z;
    }
  }

  /** Puts an array into random order in place (Fisher and Yates) and returns it. */
  shuffle<T extends { readonly length: number; [index: number]: unknown }>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.nextInt(i + 1);
      const held = items[i];
      items[i] = items[j];
      items[j] = held;
    }
    return items;
  }
}
