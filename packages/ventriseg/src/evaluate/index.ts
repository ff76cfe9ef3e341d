export { compareLabels, type StructureScores } from './compare-labels.ts';
