/**
 * A quantile without sorting everything: Hoare's selection (CACM 4, 1961, algorithm 65), linear time on average.
 */

/**
 * The value below which a share of the numbers lies: the one of rank round(share * (n - 1)) in sorted order.
 *
 * @param values finite numbers, at least one; their order is changed
 * @param share 0 for the least, 1 for the greatest
 */
export function quantile(values: Float32Array, share: number): number {
  const wanted = Math.round(share * (values.length - 1));
  let low = 0;
  let high = values.length - 1;
  while (low < high) {
    const pivot = values[(low + high) >> 1]!;
    let i = low;
    let j = high;
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return values[wanted]!;
}
