/** The parts of evaluating that need files on disk. */
export { type EvaluateLabelsOptions, evaluateLabels, type LabelEvaluation } from './evaluate-labels.ts';
export { type EvaluateModelOptions, evaluateModel, type ModelEvaluation } from './evaluate-model.ts';
