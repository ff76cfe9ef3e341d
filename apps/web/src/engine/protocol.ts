/** What the page asks of its worker, and what the worker answers. */

import type { Volume } from '@ventriseg/imaging';
import type { OpenedScan, OpenProgress, Segmentation, SegmentProgress } from 'ventriseg';

/** A file as the user gave it; the path is relative to what was dropped. */
export interface GivenFile {
  readonly path: string;
  readonly blob: Blob;
}

/** What was dropped or picked at once. */
export interface GivenFiles {
  /** Name of the file, folder or zip. */
  readonly path: string;
  readonly files: readonly GivenFile[];
}

/** One scan among those given. */
export interface Candidate {
  readonly kind: 'series' | 'file';
  /** SeriesInstanceUID, or path. */
  readonly id: string;
  readonly title: string;
  readonly detail: string;
  readonly recommended: boolean;
}

export interface EngineCalls {
  /** The scans among the files; empty when `open` is to say what is wrong. */
  find(given: GivenFiles): Promise<readonly Candidate[]>;
  open(wanted: {
    readonly given: GivenFiles;
    readonly candidate: Candidate | undefined;
  }): Promise<OpenedScan>;
  segment(volume: Volume): Promise<Segmentation>;
}

export type EngineProgress = OpenProgress | SegmentProgress | { stage: 'model'; done: number; total: number };

export interface EngineError {
  readonly code: string;
  readonly message: string;
}

export type EngineRequest = {
  [Method in keyof EngineCalls]: {
    readonly id: number;
    readonly method: Method;
    readonly argument: Parameters<EngineCalls[Method]>[0];
  };
}[keyof EngineCalls];

export type EngineReply =
  | { readonly id: number; readonly kind: 'progress'; readonly progress: EngineProgress }
  | { readonly id: number; readonly kind: 'done'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: EngineError };
