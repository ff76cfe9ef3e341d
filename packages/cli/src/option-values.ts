/** Reads the values of options; what is wrong with one is said in the words of the option. */
import { InvalidArgumentError, Option } from 'commander';
import type { BackendChoice } from 'ventriseg/node';

/** `--backend`; `auto` takes the fastest that works here. */
export function backendOption(description: string): Option {
  const choices: BackendChoice[] = ['auto', 'cpu', 'wasm', 'webgpu', 'cuda'];
  return new Option('--backend <name>', description).choices(choices).default('auto');
}

export function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`It must be a whole number, ${least} or more.`);
    }
    return value;
  };
}

export function numberFrom(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`It must be a number from ${least} to ${most}.`);
    }
    return value;
  };
}

/** `2022-03-01,2024-02-28`. */
export function dateList(text: string): readonly string[] {
  const dates = text.split(',').map((date) => date.trim());
  if (!dates.every((date) => /^\d{4}-\d{2}-\d{2}$/.test(date))) {
    throw new InvalidArgumentError('It must be dates as YYYY-MM-DD, separated by commas.');
  }
  return dates;
}

/** `F` or `M`, also as words. */
export function sexValue(text: string): 'F' | 'M' {
  const sex = ({ f: 'F', female: 'F', m: 'M', male: 'M' } as const)[text.toLowerCase() as 'f'];
  if (sex === undefined) throw new InvalidArgumentError('It must be F or M.');
  return sex;
}

/** For an option that may be given several times. */
export function collected(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

/** `109-144`, or `all`. */
export function sliceRange(text: string): { first: number; last: number } | 'all' {
  if (text === 'all') return 'all';
  const match = /^(\d+)-(\d+)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be FIRST-LAST, counted from 0, or all.');
  return { first: Number(match[1]), last: Number(match[2]) };
}

export type CropValue =
  | { rows: number; columns: number }
  | { rows: number; columns: number; firstRow: number; firstColumn: number };

/** `96x96` around the middle, or `96x96+16+16` from row 16 and column 16. */
export function cropArea(text: string): CropValue {
  const match = /^(\d+)x(\d+)(?:\+(\d+)\+(\d+))?$/.exec(text);
  if (match === null) {
    throw new InvalidArgumentError('It must be ROWSxCOLUMNS, or ROWSxCOLUMNS+FIRSTROW+FIRSTCOLUMN.');
  }
  const size = { rows: Number(match[1]), columns: Number(match[2]) };
  if (match[3] === undefined) return size;
  return { ...size, firstRow: Number(match[3]), firstColumn: Number(match[4]) };
}

/** `lateral=4,43`, or only `4,43`; once for each class. */
export function labelClass(
  text: string,
  previous: readonly LabelClassValue[] | undefined,
): readonly LabelClassValue[] {
  const match = /^(?:([^=]+)=)?(\d+(?:,\d+)*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be NAME=LABEL,LABEL such as lateral=4,43.');
  const labels = match[2]!.split(',').map(Number);
  return [...(previous ?? []), { name: match[1], labels }];
}

export interface LabelClassValue {
  readonly name: string | undefined;
  readonly labels: readonly number[];
}

const splits = { what: 'SPLIT', names: ['train', 'validation', 'test'] } as const;
type Parts<T> = { train?: T; validation?: T; test?: T };

const plainNumber = (value: string) => (/^\d*\.?\d+$/.test(value) ? Number(value) : undefined);

/** `train=0.8,test=0.2`. */
export function splitFractions(text: string): Parts<number> {
  return namedParts(splits, text.split(','), plainNumber);
}

const contrasts = { what: 'CONTRAST', names: ['t1-like', 't2-like', 'flair-like', 'any'] } as const;

/** `t1-like=5,any=3`. */
export function contrastWeights(text: string): Partial<Record<(typeof contrasts.names)[number], number>> {
  return namedParts(contrasts, text.split(','), plainNumber);
}

/** `train=rest,test=3`. */
export function splitCounts(text: string): Parts<number | 'rest'> {
  return namedParts(splits, text.split(','), (value) =>
    value === 'rest' ? 'rest' : /^\d+$/.test(value) ? Number(value) : undefined,
  );
}

/** `test=bert,ernie`; once for each split; one may be `train=rest`. */
export function splitPeople(
  text: string,
  previous: Parts<string[] | 'rest'> | undefined,
): Parts<string[] | 'rest'> {
  const named = namedParts(splits, [text], (value) => (value === 'rest' ? 'rest' : value.split(',')));
  return { ...previous, ...named };
}

function namedParts<Name extends string, T>(
  { what, names }: { readonly what: string; readonly names: readonly Name[] },
  parts: readonly string[],
  read: (value: string) => T | undefined,
): Partial<Record<Name, T>> {
  const result: Partial<Record<Name, T>> = {};
  for (const part of parts) {
    const [name, value = ''] = part.split(/=(.*)/s);
    const known = names.find((candidate) => candidate === name);
    const parsed = value === '' ? undefined : read(value);
    if (known === undefined || parsed === undefined) {
      throw new InvalidArgumentError(
        `'${part}' is not ${what}=VALUE with a ${what.toLowerCase()} of ${names.join(', ')} and a value that fits.`,
      );
    }
    result[known] = parsed;
  }
  return result;
}

/** 2/4: the second of four parts. */
export function partOf(text: string): { index: number; of: number } {
  const [, part, of] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const found = { index: Number(part) - 1, of: Number(of) };
  if (!(found.index >= 0 && found.index < found.of)) {
    throw new InvalidArgumentError('it takes the form 1/2, 2/2');
  }
  return found;
}
