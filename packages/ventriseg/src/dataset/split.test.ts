import fc from 'fast-check';
import { SeededRandom } from 'onnx-autograd';
import { describe, expect, test } from 'vitest';
import { type SplitName, type SplitRequest, splitNames } from './manifest.ts';
import type { Person } from './people.ts';
import { checkSplitRequest, defaultSplit, splitPeople } from './split.ts';

const person = (name: string, dataset?: string, stated: SplitName[] = []): Person => ({
  person: name,
  subjects: [name, `${name}_scan`],
  dataset,
  stated,
});
const group = (size: number, prefix = 'p', dataset?: string) =>
  Array.from({ length: size }, (_, k) => person(`${prefix}${k}`, dataset));

function sizes(placed: Map<string, SplitName>): number[] {
  return splitNames.map((split) => [...placed.values()].filter((value) => value === split).length);
}

describe('splitPeople', () => {
  test('fractions: whole numbers by largest remainder', () => {
    const split = (n: number, fractions: Partial<Record<SplitName, number>>) =>
      sizes(splitPeople(group(n), { fractions }, new SeededRandom(1)));
    expect(split(10, { train: 0.8, test: 0.2 })).toEqual([8, 0, 2]);
    expect(split(4, { train: 0.8, test: 0.2 })).toEqual([3, 0, 1]);
    expect(split(7, { train: 0.7, validation: 0.1, test: 0.2 })).toEqual([5, 1, 1]);
    expect(split(1, { train: 0.8, test: 0.2 })).toEqual([1, 0, 0]);
  });

  test('stratified: each dataset has its share in the test', () => {
    const people = [...group(15, 'oasis', 'oasis'), ...group(4, 'fs', 'fs')];
    const placed = splitPeople(people, defaultSplit, new SeededRandom(2017));
    const inTest = (prefix: string) =>
      [...placed].filter(([name, split]) => name.startsWith(prefix) && split === 'test').length;
    expect([inTest('oasis'), inTest('fs')]).toEqual([3, 1]);
  });

  test('everyone is placed once, whatever the request; the order of the inputs does not matter', () => {
    const request = fc.oneof(
      fc.constant<SplitRequest>(defaultSplit),
      fc.constant<SplitRequest>({ fractions: { train: 0.5, validation: 0.25, test: 0.25 } }),
      fc.constant<SplitRequest>({ counts: { train: 'rest', test: 1 } }),
      fc.constant<SplitRequest>({ subjects: { test: ['p0'], train: 'rest' } }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), request, (n, seed, split) => {
        const people = group(n).map((p, k) => ({ ...p, dataset: `d${k % 3}` }));
        const placed = splitPeople(people, split, new SeededRandom(seed));
        expect([...placed.keys()].sort()).toEqual(people.map((p) => p.person).sort());
        const again = splitPeople([...people].reverse(), split, new SeededRandom(seed));
        expect(new Map([...again].sort())).toEqual(new Map([...placed].sort()));
      }),
    );
  });

  test('another seed draws other people', () => {
    const testers = (seed: number) =>
      [...splitPeople(group(40), defaultSplit, new SeededRandom(seed))]
        .filter(([, s]) => s === 'test')
        .join();
    expect(testers(1)).not.toBe(testers(2));
  });

  test('counts must place everyone; lists and columns are followed', () => {
    const random = new SeededRandom(1);
    expect(sizes(splitPeople(group(5), { counts: { train: 3, validation: 1, test: 1 } }, random))).toEqual([
      3, 1, 1,
    ]);
    expect(() => splitPeople(group(5), { counts: { train: 3, test: 1 } }, random)).toThrow(
      "5 people could be prepared, but the counts place 4; change them, or give one split the 'rest'",
    );
    const listed = splitPeople(group(3), { subjects: { train: 'rest', test: ['p2_scan'] } }, random);
    expect([...listed]).toEqual([
      ['p0', 'train'],
      ['p1', 'train'],
      ['p2', 'test'],
    ]);
    const stated = [person('a', undefined, ['test']), person('b', undefined, ['train'])];
    expect([...splitPeople(stated, { column: true }, random)]).toEqual([
      ['a', 'test'],
      ['b', 'train'],
    ]);
  });

  test.each<[SplitRequest, string]>([
    [{ fractions: { train: 0.8, test: 0.3 } }, '0.8 + 0.3 = 1.1'],
    [{ fractions: { train: 1.5, test: -0.5 } }, 'at least 0'],
    [{ counts: { train: 9 } }, '9 people are wanted, but there are only 3'],
    [{ counts: { train: 'rest', test: 'rest' } }, "only one split can take the 'rest'"],
    [{ subjects: { train: ['p0', 'nobody'], test: 'rest' } }, 'train names subject nobody'],
    [{ subjects: { train: ['p0'], test: ['p0_scan'] } }, 'person p0 is listed in both train and test'],
    [{ subjects: { train: ['p0', 'p1'] } }, 'subject p2 is in no split'],
    [{ column: true }, 'the inputs state no split for subject p0'],
    [{ fractions: { trian: 1 } } as SplitRequest, 'trian'],
  ])('%j is refused before any scan is read: %s', (request, message) => {
    expect(() => checkSplitRequest(request, group(3))).toThrowError(
      expect.objectContaining({ code: 'BAD_SPLIT', message: expect.stringContaining(message) }),
    );
  });

  test('a person whose scans are stated to be in two splits is refused', () => {
    expect(() => checkSplitRequest({ column: true }, [person('a', undefined, ['train', 'test'])])).toThrow(
      'person a has scans in both train and test',
    );
  });
});
