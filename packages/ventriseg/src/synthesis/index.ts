export {
  resolveSynthesisOptions,
  type SynthesisInput,
  type SynthesisOptions,
  synthesisOptionsSchema,
} from './options.ts';
export { type SynthesisedImage, synthesiseImage } from './synthesise-image.ts';
