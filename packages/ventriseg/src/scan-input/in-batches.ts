/**
 * Reads many files a few at a time: disks and networks answer several requests faster than one after another,
 * while memory and open files stay bounded.
 */
import type { OpenProgress, OpenScanOptions } from './opened-scan.ts';

const BATCH = 16;

/** Applies `work` to every item, in order of items in the result; stops between batches when aborted. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  options: Pick<OpenScanOptions, 'signal' | 'onProgress'> & { readonly stage: OpenProgress['stage'] },
): Promise<Result[]> {
  const { signal, onProgress, stage } = options;
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += BATCH) {
    signal?.throwIfAborted();
    results.push(...(await Promise.all(items.slice(start, start + BATCH).map(work))));
    onProgress?.({ stage, done: results.length, total: items.length });
  }
  return results;
}
