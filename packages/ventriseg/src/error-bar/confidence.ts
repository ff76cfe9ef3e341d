/**
 * How far a number may lie from its true value by chance (5 %), when its standard error was estimated from a few
 * variations: as many standard errors as Student's t distribution says, more the fewer variations there were ("Student",
 * "The probable error of a mean", Biometrika 6, 1908).
 */

/** 97.5th percentile of the normal distribution. */
const normal = 1.959963984540054;

/** The half-length of the 95 % interval about a number, in its own unit. */
export function confidenceReach(standardError: number, variations: number): number {
  return studentT(variations - 1) * standardError;
}

/** What two measurements must differ by to be more than chance, both with the standard error of the one that is known. */
export function smallestDetectableChange(standardError: number, variations: number): number {
  return Math.SQRT2 * confidenceReach(standardError, variations);
}

/**
 * What two measurements must differ by to be more than chance, each with its own standard error. Both estimates together
 * have more degrees of freedom than one (B. L. Welch, "The generalization of 'Student's' problem when several different
 * population variances are involved", Biometrika 34, 1947); they are rounded down.
 */
export function detectableDifference(
  standardErrors: readonly [number, number],
  variations: readonly [number, number],
): number {
  const [a, b] = standardErrors.map((error) => error ** 2) as [number, number];
  if (a + b === 0) return 0;
  const freedom = (a + b) ** 2 / (a ** 2 / (variations[0] - 1) + b ** 2 / (variations[1] - 1));
  return studentT(Math.floor(freedom + 1e-9)) * Math.sqrt(a + b);
}

/**
 * 97.5th percentile of Student's t: exact for 1 and 2 degrees of freedom, else Fisher's expansion about the normal
 * distribution (M. Abramowitz, I. Stegun, "Handbook of mathematical functions", 26.7.5), within 0.12 % for 3 and closer for more.
 */
function studentT(freedom: number): number {
  if (freedom === 1) return Math.tan(0.475 * Math.PI);
  if (freedom === 2) return 0.95 / Math.sqrt(2 * 0.975 * 0.025);
  const [z, v] = [normal, freedom];
  return (
    z +
    (z ** 3 + z) / (4 * v) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * v ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * v ** 3) +
    (79 * z ** 9 + 776 * z ** 7 + 1482 * z ** 5 - 1920 * z ** 3 - 945 * z) / (92_160 * v ** 4)
  );
}
