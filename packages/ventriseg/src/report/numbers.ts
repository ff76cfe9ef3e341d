/** Numbers as reports show them. */

/** Volume in mL, to a hundredth. */
export function formatMl(ml: number): string {
  return ml.toFixed(2);
}

/** Share as percent with its sign, to a tenth. */
export function formatSignedPercent(share: number): string {
  const text = Math.abs(100 * share).toFixed(1);
  const sign = Number(text) === 0 ? '' : share < 0 ? '−' : '+';
  return `${sign}${text} %`;
}
