export {
  exportModel,
  readSliceModel,
  type SliceModelMetadata,
  sliceModelMetadataSchema,
} from './slice-model.ts';
