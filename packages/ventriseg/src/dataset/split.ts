/**
 * Divides people, never slices, among training, validation and test.
 *
 * Slices of one head are nearly copies of one another; when they are on both sides, the test measures memory.
 * People are sorted by name before they are drawn, so that the outcome depends on who is there and on the seed,
 * not on the order of the inputs.
 */

import type { SeededRandom } from 'onnx-autograd';
import { z } from 'zod';
import { VentrisegError } from '../errors.ts';
import { type SplitName, type SplitRequest, splitNames, splitRequestSchema } from './manifest.ts';
import type { Person } from './people.ts';

export const defaultSplit: SplitRequest = { fractions: { train: 0.8, test: 0.2 }, stratify: 'dataset' };

/**
 * Checks what can be known before any scan is read.
 *
 * @throws VentrisegError BAD_SPLIT when fractions do not add up to 1, more people are wanted than there are, or a
 * named subject is not among the inputs.
 */
export function checkSplitRequest(request: SplitRequest, people: readonly Person[]): void {
  const parsed = splitRequestSchema.safeParse(request);
  if (!parsed.success) throw bad(z.prettifyError(parsed.error));
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
    const known = new Set(people.flatMap(({ person, subjects }) => [person, ...subjects]));
    for (const split of splitNames) {
      const names = request.subjects[split];
      if (names === undefined || names === 'rest') continue;
      const unknown = names.find((name) => !known.has(name));
      if (unknown !== undefined) throw bad(`${split} names subject ${unknown}, who is not among the inputs`);
    }
    placeByName(people, request.subjects, new Map());
  } else if ('column' in request) {
    placeAsStated(people, new Map());
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
  const rests = splitNames.filter((split) => lists[split] === 'rest');
  if (rests.length > 1) throw bad("only one split can take the 'rest'");
  for (const { person, subjects } of people) {
    const splits = splitNames.filter((split) => {
      const list = lists[split];
      return (
        list !== undefined && list !== 'rest' && [person, ...subjects].some((name) => list.includes(name))
      );
    });
    if (splits.length > 1) throw bad(`person ${person} is listed in both ${splits.join(' and ')}`);
    const chosen = splits[0] ?? rests[0];
    if (chosen === undefined) {
      throw bad(`subject ${person} is in no split; list it, or give one split the 'rest'`);
    }
    placed.set(person, chosen);
  }
}

function placeAsStated(people: readonly Person[], placed: Map<string, SplitName>): void {
  for (const { person, stated } of people) {
    if (stated.length > 1) {
      throw bad(
        `person ${person} has scans in both ${stated.join(' and ')}; all of a person's belong in one`,
      );
    }
    if (stated[0] === undefined) {
      throw bad(`the inputs state no split for subject ${person}; fill the column split, or ask for a split`);
    }
    placed.set(person, stated[0]);
  }
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
