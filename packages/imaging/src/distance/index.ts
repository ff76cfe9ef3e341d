export { type DistanceOptions, distanceTransform } from './distance-transform.ts';
