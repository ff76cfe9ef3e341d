/**
 * NIfTI files written byte by byte for tests, with field offsets spelled out here a second time, so that the
 * codec's own table is not checked against itself.
 */
export interface NiftiFields {
  dim?: readonly number[];
  datatype?: number;
  bitpix?: number;
  pixdim?: readonly number[];
  voxOffset?: number;
  sclSlope?: number;
  sclInter?: number;
  xyztUnits?: number;
  qformCode?: number;
  sformCode?: number;
  quaternion?: readonly number[];
  qoffset?: readonly number[];
  srow?: readonly number[];
  magic?: string;
}

const DEFAULTS = {
  dim: [3, 2, 3, 4, 1, 1, 1, 1],
  datatype: 4,
  bitpix: 16,
  pixdim: [1, 1, 1, 1, 0, 0, 0, 0],
  voxOffset: 352,
  sclSlope: 0,
  sclInter: 0,
  xyztUnits: 2,
  qformCode: 0,
  sformCode: 1,
  quaternion: [0, 0, 0],
  qoffset: [0, 0, 0],
  srow: [1, 0, 0, 10, 0, 1, 0, 20, 0, 0, 1, 30],
  magic: 'n+1',
};

/** A little- or big-endian NIfTI-1 header of 348 bytes, four zero bytes, and `voxels`. */
export function nifti1Bytes(
  fields: NiftiFields = {},
  voxels: Uint8Array = new Uint8Array(48),
  little = true,
): Uint8Array {
  const f = { ...DEFAULTS, ...fields };
  const bytes = new Uint8Array(352 + voxels.length);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, little);
  f.dim.forEach((v, i) => {
    view.setInt16(40 + 2 * i, v, little);
  });
  view.setInt16(70, f.datatype, little);
  view.setInt16(72, f.bitpix, little);
  f.pixdim.forEach((v, i) => {
    view.setFloat32(76 + 4 * i, v, little);
  });
  view.setFloat32(108, f.voxOffset, little);
  view.setFloat32(112, f.sclSlope, little);
  view.setFloat32(116, f.sclInter, little);
  view.setUint8(123, f.xyztUnits);
  view.setInt16(252, f.qformCode, little);
  view.setInt16(254, f.sformCode, little);
  f.quaternion.forEach((v, i) => {
    view.setFloat32(256 + 4 * i, v, little);
  });
  f.qoffset.forEach((v, i) => {
    view.setFloat32(268 + 4 * i, v, little);
  });
  f.srow.forEach((v, i) => {
    view.setFloat32(280 + 4 * i, v, little);
  });
  [...f.magic].forEach((c, i) => {
    view.setUint8(344 + i, c.charCodeAt(0));
  });
  bytes.set(voxels, 352);
  return bytes;
}

/** The bytes of numbers in one of the typed arrays of this (little-endian) machine. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
