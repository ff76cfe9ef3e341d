export { type ContactSheetOptions, contactSheet } from './contact-sheet.ts';
export { greyWithMaskRgb, type OverlayOptions, ventricleColours } from './overlay.ts';
export { type EncodedPicture, encodePng, type Picture, type Rgb, upscale } from './picture.ts';
