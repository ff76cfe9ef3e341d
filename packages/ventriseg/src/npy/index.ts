export {
  decodeNpyHeader,
  encodeNpyHeader,
  type NpyHeader,
  type NpyType,
  npyBytesPerElement,
  npyHeaderLength,
} from './npy.ts';
