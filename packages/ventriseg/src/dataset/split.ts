/**
 * Divides people, never slices, among training, validation and test.
 *
 * Slices of one head are nearly copies of one another; when they are on both sides, the test measures memory.
 * People are sorted by name before they are drawn, so that the outcome depends on who is there and on the seed,
 * not on the order of the inputs.
 */
import { VentrisegError } from '../errors.ts';
import type { SeededRandom } from '../random/index.ts';
import { type SplitName, type SplitRequest, splitNames } from './manifest.ts';

/** One person to be placed. */
export interface Person {
  readonly person: string;
  /** Their scans' names; a list of subjects may use these instead of the person's. */
  readonly subjects: readonly string[];
  readonly dataset: string | undefined;
  /** The split that the inputs' own table states. */
  readonly stated: SplitName | undefined;
}

export const defaultSplit: SplitRequest = { fractions: { train: 0.8, test: 0.2 }, stratify: 'dataset' };

/**
 * Checks what can be known before any scan is read.
 *
 * @throws VentrisegError BAD_SPLIT when fractions do not add up to 1, more people are wanted than there are,
 * or a named subject is not among the inputs or is named twice.
 */
export function checkSplitRequest(request: SplitRequest, people: readonly Person[]): void {
  if ('fractions' in request) {
    const fractions = Object.values(request.fractions);
    const sum = fractions.reduce((total, fraction) => total + fraction, 0);
    if (!fractions.every((fraction) => fraction >= 0) || Math.abs(sum - 1) > 1e-6) {
      throw bad(`fractions must be at least 0 and add up to 1: ${fractions.join(' + ')} = ${sum}`);
    }
  } else if ('counts' in request) {
    const { wanted } = countsOf(request.counts);
    if (wanted > people.length) throw bad(`${wanted} people are wanted, but there are only ${people.length}`);
  } else if ('subjects' in request) {
    const seen = new Map<Person, SplitName>();
    let rests = 0;
    for (const split of splitNames) {
      const names = request.subjects[split];
      if (names === 'rest') rests++;
      if (names === undefined || names === 'rest') continue;
      for (const name of names) {
        const person = people.find((p) => p.person === name || p.subjects.includes(name));
        if (person === undefined) throw bad(`${split} names subject ${name}, who is not among the inputs`);
        const other = seen.get(person);
        if (other !== undefined && other !== split) throw bad(`${name} is in both ${other} and ${split}`);
        seen.set(person, split);
      }
    }
    if (rests > 1) throw bad("only one split can take the 'rest'");
  }
}

/**
 * The split of each person.
 *
 * @throws VentrisegError BAD_SPLIT when the request does not place everyone.
 */
export function splitPeople(
  people: readonly Person[],
  request: SplitRequest,
  random: SeededRandom,
): Map<string, SplitName> {
  const sorted = [...people].sort((a, b) => (a.person < b.person ? -1 : a.person > b.person ? 1 : 0));
  const placed = new Map<string, SplitName>();
  if ('subjects' in request) placeByName(sorted, request.subjects, placed);
  else if ('column' in request) placeAsStated(sorted, placed);
  else if ('counts' in request) {
    const { counts, wanted, rest } = countsOf(request.counts);
    if (wanted > people.length || (rest === undefined && wanted < people.length)) {
      throw bad(
        `${people.length} people could be prepared, but the counts place ${wanted}; ` +
          "change them, or give one split the 'rest'",
      );
    }
    if (rest !== undefined) counts[rest] = people.length - wanted;
    deal(random.shuffle(sorted), counts, placed);
  } else {
    for (const group of request.stratify === 'dataset' ? byDataset(sorted) : [sorted]) {
      deal(random.shuffle(group), apportion(group.length, request.fractions), placed);
    }
  }
  return placed;
}

/** Whole numbers that add up to `total` in these proportions (largest remainders; earlier splits first). */
function apportion(total: number, fractions: Partial<Record<SplitName, number>>): Record<SplitName, number> {
  const exact = splitNames.map((split) => total * (fractions[split] ?? 0));
  const counts = exact.map((value) => Math.floor(value + 1e-9));
  const byRemainder = splitNames
    .map((_, k) => k)
    .sort((a, b) => exact[b]! - counts[b]! - (exact[a]! - counts[a]!) || a - b);
  let left = total - counts.reduce((sum, n) => sum + n, 0);
  for (const k of byRemainder) if (left-- > 0) counts[k]!++;
  return { train: counts[0]!, validation: counts[1]!, test: counts[2]! };
}

function deal(
  people: readonly Person[],
  counts: Record<SplitName, number>,
  placed: Map<string, SplitName>,
): void {
  let at = 0;
  for (const split of splitNames) {
    for (let k = 0; k < counts[split]; k++) placed.set(people[at++]!.person, split);
  }
}

function placeByName(
  people: readonly Person[],
  lists: Partial<Record<SplitName, readonly string[] | 'rest'>>,
  placed: Map<string, SplitName>,
): void {
  const rest = splitNames.find((split) => lists[split] === 'rest');
  for (const { person, subjects } of people) {
    const split = splitNames.find((name) => {
      const list = lists[name];
      return list !== undefined && list !== 'rest' && [person, ...subjects].some((s) => list.includes(s));
    });
    const chosen = split ?? rest;
    if (chosen === undefined) {
      throw bad(`subject ${person} is in no split; list it, or give one split the 'rest'`);
    }
    placed.set(person, chosen);
  }
}

function placeAsStated(people: readonly Person[], placed: Map<string, SplitName>): void {
  const without = people.filter((person) => person.stated === undefined);
  if (without.length > 0) {
    const names = without.slice(0, 5).map((person) => person.person);
    throw bad(`the inputs' split column is empty for ${without.length} subjects: ${names.join(', ')}`);
  }
  for (const { person, stated } of people) placed.set(person, stated!);
}

function byDataset(people: readonly Person[]): Person[][] {
  const groups = new Map<string, Person[]>();
  for (const person of people) {
    const key = person.dataset ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [person]);
    else group.push(person);
  }
  return [...groups.keys()].sort().map((key) => groups.get(key)!);
}

function countsOf(requested: Partial<Record<SplitName, number | 'rest'>>): {
  counts: Record<SplitName, number>;
  wanted: number;
  rest: SplitName | undefined;
} {
  const counts = { train: 0, validation: 0, test: 0 };
  let rest: SplitName | undefined;
  let wanted = 0;
  for (const split of splitNames) {
    const value = requested[split] ?? 0;
    if (value === 'rest') {
      if (rest !== undefined) throw bad("only one split can take the 'rest'");
      rest = split;
    } else {
      counts[split] = value;
      wanted += value;
    }
  }
  return { counts, wanted, rest };
}

function bad(what: string): VentrisegError {
  return new VentrisegError('BAD_SPLIT', `split: ${what}`);
}
