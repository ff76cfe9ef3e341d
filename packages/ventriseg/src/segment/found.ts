/** What either kind of network makes of a scan, before labels: the meeting point of the two ways. */
import type { Volume } from '@ventriseg/imaging';
import type { Head } from './find-head.ts';
import type { NetworkView } from './network-view.ts';
import type { ClassLabels } from './number-labels.ts';
import type { ClassProbabilities } from './run-network.ts';

/** The scan for pictures and measures: axes in LIA order, about 1 mm. */
export interface ShownScan {
  readonly image: Volume;
  /** Intensities that are shown as black and as light grey (190 of 255), which is the brain's bright tissue. */
  readonly black: number;
  readonly bright: number;
}

/** The space inside the skull, brain and fluid with the ventricles, as the coarse network sees it. */
export interface Intracranial {
  readonly ml: number;
  /** Ends of the scan's field of view that it reaches, in words; its volume is a lower bound then. */
  readonly cutAt: readonly string[];
  /**
   * Share of what lies 4 to 16 mm around it, as far as the scan goes, that is no air: most of it in a whole head, next
   * to nothing where the skull was taken away.
   */
  readonly brightAround: number;
  /** Probability of lying inside the skull, 4 mm, LIA order. */
  readonly probability: Volume<Float32Array>;
}

/** All ventricles together, as the coarse network sees them. */
export interface LocatedVentricles {
  /** Sum of the probabilities over what was seen and a voxel around it; 0 when nothing was seen. */
  readonly ml: number;
  /** 4 mm, LIA order; 0 outside of the skull. */
  readonly probability: Volume<Float32Array>;
}

/** What the volume networks tell besides. */
export interface Located {
  readonly intracranial: Intracranial;
  readonly ventricles: LocatedVentricles;
}

export interface Found {
  /** The classes of the probabilities, background left out. */
  readonly classes: readonly ClassLabels[];
  /** undefined when no trace of any class was found, or there is no head. */
  readonly probabilities: ClassProbabilities | undefined;
  /** A voxel is labelled where all classes together are more probable than this. */
  readonly labelledFrom: number;
  /** What was looked at; undefined when nothing was. */
  readonly view: NetworkView | undefined;
  readonly shown: ShownScan;
  /** About the scan, each a full sentence. */
  readonly warnings: readonly string[];
  /** Why there is no head; undefined when there is one. */
  readonly noHead: string | undefined;
  /** Slice models: the conformed scan and the head in it, from which sides are told. */
  readonly conformed?: { readonly volume: Volume<Uint8Array>; readonly head: Head | undefined };
  /** Volume models. */
  readonly located?: Located;
}
