/**
 * The classes of the volume networks, in the order of their outputs.
 *
 * The choroid plexus has classes of its own. FreeSurfer numbers it apart (31, 63); manual protocols
 * (Neuromorphometrics) and SynthSeg count it as lateral ventricle. A network that knows it serves both.
 */

export interface VolumeClass {
  readonly name: string;
  /** FreeSurfer's number; 0 for what is not labelled. */
  readonly label: number;
}

/** Of the network that draws the ventricles at 1 mm. */
export const segmentClasses = [
  { name: 'background', label: 0 },
  { name: 'left lateral ventricle', label: 4 },
  { name: 'right lateral ventricle', label: 43 },
  { name: 'left temporal horn', label: 5 },
  { name: 'right temporal horn', label: 44 },
  { name: 'third ventricle', label: 14 },
  { name: 'fourth ventricle', label: 15 },
  { name: 'left choroid plexus', label: 31 },
  { name: 'right choroid plexus', label: 63 },
] as const satisfies readonly VolumeClass[];

/** Of the network that finds them at 4 mm; lateral ventricles with temporal horns and choroid plexus. */
export const locateClasses = [
  { name: 'outside the skull', label: 0 },
  { name: 'inside the skull', label: 0 },
  { name: 'left lateral ventricle', label: 4 },
  { name: 'right lateral ventricle', label: 43 },
  { name: 'third ventricle', label: 14 },
  { name: 'fourth ventricle', label: 15 },
] as const satisfies readonly VolumeClass[];

export type VolumeRole = 'locate' | 'segment';

/** Voxel size that a role's network works at, mm. */
export const spacingOfRole: Readonly<Record<VolumeRole, number>> = { locate: 4, segment: 1 };
