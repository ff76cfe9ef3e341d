export { drawContrastName } from './contrast.ts';
export {
  type Contrast,
  contrasts,
  contrastWeightsSchema,
  resolveSynthesisOptions,
  type SynthesisInput,
  type SynthesisOptions,
  synthesisOptionsSchema,
} from './options.ts';
export { type SynthesisedImage, synthesiseImage } from './synthesise-image.ts';
export { weightedChoice } from './weighted-choice.ts';
export { drawLesions, paintLesions, type WhiteMatterLesions } from './white-matter-lesions.ts';
