/**
 * The names of what is written for each scan, so that no two inputs write the same files.
 */
import { basename, dirname, resolve } from 'node:path';
import { outputName } from '../scan-input/input-file.ts';

/** What the outputs of a scan are called after, from its path alone. */
export function nameOfScan(path: string): string {
  return safe(outputName(basename(resolve(path))));
}

/**
 * One name a path, in order, all different (upper and lower case alike): where two would be the same, the folders
 * above are put in front until they differ, as in `sub-01_T1`; the same path twice is numbered.
 */
export function distinctNames(paths: readonly string[]): string[] {
  const resolved = paths.map((path) => resolve(path));
  // Folders do not tell a path from itself.
  const different = [...new Set(resolved)];
  const names = different.map(nameOfScan);
  const folders = different.map((path) => dirname(path));
  for (let round = 0; round < 8; round++) {
    const counts = countOf(names);
    if (counts.size === names.length) break;
    names.forEach((name, k) => {
      const folder = basename(folders[k]!);
      if (counts.get(name.toLowerCase()) === 1 || folder === '') return;
      names[k] = `${safe(folder)}_${name}`;
      folders[k] = dirname(folders[k]!);
    });
  }
  const taken = new Set<string>();
  return resolved.map((path) => {
    const name = names[different.indexOf(path)]!;
    let free = name;
    for (let n = 2; taken.has(free.toLowerCase()); n++) free = `${name}_${n}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function countOf(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name.toLowerCase(), (counts.get(name.toLowerCase()) ?? 0) + 1);
  return counts;
}

/** Without what file systems do not take. */
function safe(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be replaced
  return name.replace(/[<>:"/\\|?*\u0000-\u001f]/g, '_');
}
