export {
  type CanonicalNumber,
  distinctLabels,
  guessLabelScheme,
  type LabelScheme,
  labelSchemes,
  resolveLabelScheme,
  schemeNumbers,
  toCanonicalLabels,
  type Ventricle,
  ventricles,
} from './schemes.ts';
