export { AutogradError, type AutogradErrorCode, formatShape } from './errors.ts';
export { countFlops, type FlopCount } from './graph/flops.ts';
export * from './graph/graph.ts';
export * from './graph/initialiser.ts';
export * from './losses/index.ts';
export * from './modules/index.ts';
export { averageModels } from './onnx/average-models.ts';
export { type EncodeModelOptions, encodeModel, ONNX_OPSET } from './onnx/encode-model.ts';
export { readModelMetadata } from './onnx/read-metadata.ts';
export { readModelWeights } from './onnx/read-weights.ts';
export type { WeightStorage } from './onnx/weight-storage.ts';
export * from './operators/index.ts';
export * from './optimisers/index.ts';
export { type RandomState, SeededRandom } from './random/seeded-random.ts';
export {
  type Backend,
  type BackendCandidate,
  type BackendChoice,
  type BackendName,
  backendNames,
  chooseBackend,
  type PassedOver,
} from './runtime/backend.ts';
export { createSession, type Feeds, type Runtime } from './runtime/runtime.ts';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './training/checkpoint.ts';
export type { Batch } from './training/chunk.ts';
export { type EstimateOptions, estimateTraining, type TrainingEstimate } from './training/estimate.ts';
export { ForwardPass } from './training/forward-pass.ts';
export type {
  GradientLane,
  GradientProgram,
  GradientShare,
  GradientWork,
  StartLanes,
} from './training/gradient-lane.ts';
export {
  buildActivationGraph,
  buildEvaluationGraph,
  buildGradientGraph,
  buildInferenceGraph,
  describeNetwork,
  gradientName,
  type Network,
  type SideLosses,
} from './training/network.ts';
export {
  type ParameterLayout,
  type ParameterSlot,
  parameterLayout,
  slotOf,
} from './training/parameter-layout.ts';
export { type StepReport, type StepResult, Trainer, type TrainerOptions } from './training/trainer.ts';
