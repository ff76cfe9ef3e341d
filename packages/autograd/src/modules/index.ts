export { type BlockUnetOptions, blockUnet, blockUnetDivisor } from './block-unet.ts';
export { type Activation, type ConvBlockOptions, convBlock, type Normalisation } from './blocks.ts';
export { type EncoderDecoderOptions, encoderDecoder } from './encoder-decoder.ts';
export { standardisedWeights, trainableWeights } from './standardised-weights.ts';
