/** The labels of a scan as the file that is handed out: NIfTI on the scan's own grid, with its header's geometry. */
import { type NiftiHeader, type Volume, writeNifti } from '@ventriseg/imaging';
import type { OpenedScan } from '../scan-input/index.ts';
import { softwareVersion } from '../software-version.ts';

/**
 * Encodes labels as `.nii.gz`; for MGH scans, whose header has none of NIfTI's fields, with their affine.
 *
 * @param labels on the scan's grid
 */
export function encodeLabels(
  scan: Pick<OpenedScan, 'format' | 'header'>,
  labels: Volume<Uint8Array>,
): Promise<Uint8Array> {
  return writeNifti(labels, {
    intent: 'label',
    description: `${softwareVersion.name} ${softwareVersion.version}`,
    ...(scan.format !== 'mgh' && { template: scan.header as NiftiHeader }),
  });
}
