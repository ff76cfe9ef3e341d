/** Tables for the documents: numbers to the right, texts to the left. */

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = (column: number) =>
    rows.every((row) => /^([+-]?\d[\d.,]*( .*)?|-|)$/.test(row[column] ?? ''));
  const rule = head.map((_, column) => (column > 0 && isNumber(column) ? '---:' : '---'));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
