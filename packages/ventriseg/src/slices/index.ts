export { countLabelled, extractLabelSlice, extractSlice, insertSlice, sliceOf } from './cut-and-paste.ts';
export {
  type Crop,
  centreCrop,
  checkSlicePlan,
  conformedSize,
  type Plane,
  type PlaneAxes,
  planeAxes,
  type SliceGeometry,
  type SlicePlan,
  sliceGeometry,
  sliceToVoxel,
} from './slice-plan.ts';
