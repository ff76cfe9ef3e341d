/**
 * A hash table from integers up to 2^53 in size, either sign, to 1, 2, 3, ... in order of arrival.
 *
 * Open addressing with linear probing in typed arrays: a Map of a million float64 keys boxes each of them and
 * takes several times as long.
 */
export class PackedKeyTable {
  /** Number of keys. */
  size = 0;
  /** Key of each number; entry 0 is unused. */
  #keys = new Float64Array(1 << 12);
  /** Number in each slot, 0 when free; twice as many slots as keys fit. */
  #slots = new Int32Array(1 << 13);

  /** Number of the key, newly given when it is not there. */
  add(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(key) & mask;
    let found = this.#slots[slot]!;
    while (found !== 0) {
      if (this.#keys[found] === key) return found;
      slot = (slot + 1) & mask;
      found = this.#slots[slot]!;
    }
    const number = ++this.size;
    this.#slots[slot] = number;
    this.#keys[number] = key;
    if (number + 1 === this.#keys.length) this.#grow();
    return number;
  }

  /** Number of the key, 0 when it is not there. */
  find(key: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash(key) & mask;
    let found = this.#slots[slot]!;
    while (found !== 0 && this.#keys[found] !== key) {
      slot = (slot + 1) & mask;
      found = this.#slots[slot]!;
    }
    return found;
  }

  /** The key that was given a number. */
  keyOf(number: number): number {
    return this.#keys[number]!;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#slots = new Int32Array(keys.length * 2);
    const mask = this.#slots.length - 1;
    for (let number = 1; number <= this.size; number++) {
      let slot = hash(keys[number]!) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number;
    }
  }
}

/** Mixes both halves of the integer (multipliers of MurmurHash3's finaliser). */
function hash(key: number): number {
  let h = (key | 0) ^ Math.imul(Math.floor(key / 4294967296), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
