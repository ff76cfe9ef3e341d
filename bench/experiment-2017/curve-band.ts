/**
 * Whether a training curve is one that another engine might have made: is it inside the range of that engine's own
 * curves from other seeds?
 *
 * If all n + 1 curves came from the same process, one of them would at any step be inside the range of the n others
 * with probability (n - 1) / (n + 1), since it would be the lowest or the highest as often as any other.
 */

export interface CurveBand {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface BandComparison {
  /** Share of the steps at which the curve is inside, 0 to 1. */
  readonly shareInside: number;
  /** Mean over all steps of the distance outside, 0 where inside. */
  readonly meanExcess: number;
  readonly largestExcess: number;
  /** Index of the step where it is largest. */
  readonly largestAt: number;
}

/** Mean of the last `window` values, from the first step that has so many; `window - 1` fewer than the values. */
export function smooth(values: readonly number[], window: number): number[] {
  return values.slice(window - 1).map((_, i) => {
    let sum = 0;
    for (let k = i; k < i + window; k++) sum += values[k]!;
    return sum / window;
  });
}

/** Least and greatest of the curves at each step that all have. */
export function bandOf(curves: readonly (readonly number[])[]): CurveBand {
  const length = Math.min(...curves.map((curve) => curve.length));
  const at = (pick: (...values: number[]) => number) =>
    Array.from({ length }, (_, i) => pick(...curves.map((curve) => curve[i]!)));
  return { low: at(Math.min), high: at(Math.max) };
}

/** A curve beside a band, over the steps that both have. */
export function compareWithBand(curve: readonly number[], { low, high }: CurveBand): BandComparison {
  const length = Math.min(curve.length, low.length);
  let inside = 0;
  let sum = 0;
  let largestExcess = 0;
  let largestAt = 0;
  for (let i = 0; i < length; i++) {
    const excess = Math.max(low[i]! - curve[i]!, curve[i]! - high[i]!, 0);
    if (excess === 0) inside++;
    sum += excess;
    if (excess > largestExcess) {
      largestExcess = excess;
      largestAt = i;
    }
  }
  return { shareInside: inside / length, meanExcess: sum / length, largestExcess, largestAt };
}

/** What share inside to expect of a curve from the same process as the band's `count` curves. */
export function expectedShareInside(count: number): number {
  return (count - 1) / (count + 1);
}
