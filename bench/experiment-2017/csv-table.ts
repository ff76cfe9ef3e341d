/** Reads the CSV files of runs and curves: a row of names, then rows of numbers. */
import { readFile } from 'node:fs/promises';

/** The columns by name. @throws Error naming the file and the line where something is not a number */
export async function readCsv(path: string): Promise<Map<string, number[]>> {
  const [head, ...rows] = (await readFile(path, 'utf8')).trimEnd().split('\n');
  const names = head!.split(',');
  const columns = new Map(names.map((name): [string, number[]] => [name, []]));
  rows.forEach((row, i) => {
    const cells = row.split(',');
    names.forEach((name, k) => {
      const value = cells[k]?.trim() ? Number(cells[k]) : Number.NaN;
      if (Number.isNaN(value)) throw new Error(`${path}: line ${i + 2}, ${name}: not a number: ${row}`);
      columns.get(name)!.push(value);
    });
  });
  return columns;
}

/** One column. @throws Error naming the columns that there are */
export function columnOf(table: ReadonlyMap<string, number[]>, name: string, path: string): number[] {
  const column = table.get(name);
  if (column !== undefined) return column;
  throw new Error(`${path}: has no column ${name}; there are ${[...table.keys()].join(', ')}`);
}
