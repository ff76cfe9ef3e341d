/**
 * The intracranial volume: everything inside the skull, the denominator of volumes normalised to the head
 * (Whitwell et al., AJNR 22, 2001).
 */
import { applyAffine, type Grid, type Volume, voxelSizesMm, voxelVolumeMl } from '@ventriseg/imaging';
import { VentrisegError } from '../errors.ts';
import { insideOf } from './field-of-view.ts';

/**
 * Volume in mL: values (probabilities, or 0 and 1) added up, times the volume of a voxel.
 *
 * @throws VentrisegError BAD_ARGUMENT when a value is not between 0 and 1
 */
export function intracranialMl(intracranial: Volume): number {
  let sum = 0;
  for (const value of intracranial.data) {
    if (!(value >= 0 && value <= 1)) {
      throw new VentrisegError(
        'BAD_ARGUMENT',
        `intracranial volume: its values must be probabilities, 0 to 1; got ${value}`,
      );
    }
    sum += value;
  }
  return sum * voxelVolumeMl(intracranial);
}

/** Whether the intracranial volume reaches the outer faces of its own grid or of the scan's. */
export function isIntracranialCut({ data, shape, voxelToWorld }: Volume, scan: Grid): boolean {
  const [nx, ny, nz] = shape;
  const isInScan = insideOf(scan, Math.max(...voxelSizesMm(voxelToWorld)) / 2);
  for (let k = 0, at = 0; k < nz; k++) {
    for (let j = 0; j < ny; j++) {
      for (let i = 0; i < nx; i++, at++) {
        if (data[at]! < 0.5) continue;
        if (i === 0 || j === 0 || k === 0 || i === nx - 1 || j === ny - 1 || k === nz - 1) return true;
        // Between two of its voxels along x lies none that is nearer to a face of the scan.
        if (data[at - 1]! >= 0.5 && data[at + 1]! >= 0.5) continue;
        if (!isInScan(applyAffine(voxelToWorld, [i, j, k]))) return true;
      }
    }
  }
  return false;
}
