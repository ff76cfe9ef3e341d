export { encodeStl } from '@ventriseg/imaging';
export { drawSurfaces, type SurfacePictureOptions } from './draw-surfaces.ts';
export type { SurfaceView } from './surface-view.ts';
export { encodeVentriclePly, type VentricleSurface, ventricleSurfaces } from './ventricle-surfaces.ts';
