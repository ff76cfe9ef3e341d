/**
 * Where the results of a scan lie in a BIDS derivative dataset:
 *
 *   sub-X/[ses-Y/]anat/<entities of the scan>_space-orig_desc-ventricles_dseg.nii.gz   labels
 *                                                                      ..._dseg.json   metadata of BIDS
 *                                                                      ..._dseg.tsv    what the labels mean
 *                                                                      ..._result.json, .png, .html, .stl, .ply
 *
 * BIDS has no names for the last five, so `.bidsignore` lists them.
 */
import { basename, join, resolve } from 'node:path';
import { VentrisegError } from '../errors.ts';
import { type BidsName, formatBidsName, parseBidsName } from './bids-name.ts';

export interface DerivativePaths {
  readonly labelsPath: string;
  readonly sidecarPath: string;
  readonly labelTablePath: string;
  readonly recordPath: string;
  readonly picturePath: string;
  readonly reportPath: string;
}

/** What `.bidsignore` must list: results that BIDS has no names for, and the table of several scans. */
export const ignoredResults = [
  '*_result.json',
  '*_result.png',
  '*_result.html',
  '*_result.stl',
  '*_result.ply',
  'ventricles.csv',
];

/** @throws VentrisegError BAD_ARGUMENT when the scan's name is none of BIDS */
export function derivativePaths(output: string, scanPath: string): DerivativePaths {
  const name = bidsNameOf(scanPath);
  const entities = new Map(name.entities).set('desc', 'ventricles');
  // A scan that was brought to a template's space keeps it; others are in their own.
  if (!entities.has('space')) entities.set('space', 'orig');
  const folder = join(output, ...subjectFolders(name), 'anat');
  const path = (suffix: string, extension: string) =>
    join(folder, formatBidsName({ entities, suffix, extension }));
  return {
    labelsPath: path('dseg', '.nii.gz'),
    sidecarPath: path('dseg', '.json'),
    labelTablePath: path('dseg', '.tsv'),
    recordPath: path('result', '.json'),
    picturePath: path('result', '.png'),
    reportPath: path('result', '.html'),
  };
}

/** @throws VentrisegError BAD_ARGUMENT saying what is missing */
export function bidsNameOf(scanPath: string): BidsName {
  const name = parseBidsName(basename(resolve(scanPath)));
  if (typeof name !== 'string') return name;
  throw new VentrisegError(
    'BAD_ARGUMENT',
    `${scanPath}: its name ${name}; results can be laid out as BIDS (--bids) only for scans named like ` +
      'sub-01_T1w.nii.gz or sub-01_ses-1_T1w.nii.gz',
    { path: scanPath },
  );
}

/** `sub-X`, and `ses-Y` where there are sessions. */
export function subjectFolders({ entities }: BidsName): string[] {
  const session = entities.get('ses');
  return [`sub-${entities.get('sub')}`, ...(session === undefined ? [] : [`ses-${session}`])];
}
