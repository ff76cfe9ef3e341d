export { type ColouredSurface, encodePly, type PlyOptions } from './encode-ply.ts';
export { encodeStl } from './encode-stl.ts';
export { extractSurface, type SurfaceOptions } from './extract-surface.ts';
export { measureSurface, type SurfaceMeasures } from './measure-surface.ts';
export type { Surface } from './surface.ts';
export { vertexNormals } from './vertex-normals.ts';
