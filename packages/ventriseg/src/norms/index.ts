export {
  compareWithNorms,
  type NormComparison,
  type NormComparisons,
  type NormNotCompared,
  type NormOptions,
  notComparedReasons,
  type Person,
} from './compare-with-norms.ts';
export { type PublishedNorm, publishedNorms, type Sex } from './published-norms.ts';
