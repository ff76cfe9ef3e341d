/** What the page asks of its workers, and what they answer. */
import type { Volume } from '@ventriseg/imaging';
import type {
  ClassEvaluation,
  CompareProgress,
  ComparisonOutputs,
  ComparisonRecord,
  OpenedScan,
  OpenProgress,
  Segmentation,
  SegmentProgress,
  TrainProgress,
} from 'ventriseg';

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

export const computeChoices = ['auto', 'webgpu', 'wasm'] as const;
export type ComputeChoice = (typeof computeChoices)[number];

/** A model: files that are served with the page, or one that was trained in it. Names are unique. */
export type ModelChoice = { readonly name: string } & (
  | { readonly files: readonly string[] }
  | { readonly bytes: Uint8Array }
);

/** What computed, and why nothing faster did. */
export interface ComputeUsed {
  readonly name: string;
  readonly threads: number;
  /** Each as `name: reason`. */
  readonly passedOver: readonly string[];
}

export interface DatasetSummary {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly trainSlices: number;
  readonly testSlices: number;
  readonly people: number;
  readonly classes: readonly string[];
}

export interface TrainingOrder {
  readonly given: GivenFiles;
  /** Of a built-in recipe. */
  readonly recipe: string;
  readonly epochs: number;
  readonly compute: ComputeChoice;
  /** Goes on from here. */
  readonly checkpoint: Uint8Array | undefined;
}

/** What a training tells after each epoch. */
export interface EpochNews {
  readonly stage: 'epoch';
  readonly epoch: number;
  readonly step: number;
  readonly trainLoss: number;
  /** NaN when there are no test slices. */
  readonly testLoss: number;
  readonly classes: readonly ClassEvaluation[];
  /** PNG of some test slices with their true and predicted masks; undefined when there are none. */
  readonly masks: Uint8Array | undefined;
  /** The network so far, as an `.onnx` file. */
  readonly model: Uint8Array;
}

export type TrainingNews =
  | { readonly stage: 'begin'; readonly compute: ComputeUsed }
  | ({ readonly stage: 'step' } & TrainProgress)
  | EpochNews
  | { readonly stage: 'checkpoint'; readonly checkpoint: Uint8Array };

export interface TrainingEnd {
  /** False when it was stopped early and can be gone on with. */
  readonly finished: boolean;
  readonly step: number;
}

/** Two scans or more of one person, in their order. */
export interface CompareOrder {
  readonly scans: readonly { readonly name: string; readonly scan: OpenedScan }[];
  /** Years from each to the next; by their dates when undefined. */
  readonly intervalYears: number | undefined;
  /** How many times each scan is segmented again for its error bars. */
  readonly variations: number;
  readonly model: ModelChoice;
  readonly compute: ComputeChoice;
}

export interface ChangePicture {
  readonly title: string;
  readonly png: Uint8Array;
}

export interface MeasuredChange extends Omit<ComparisonOutputs, 'panels'> {
  readonly record: ComparisonRecord;
  /** The slices of the report, the change from the first to the last scan in them. */
  readonly planes: readonly ChangePicture[];
  readonly slices: readonly ChangePicture[];
  readonly compute: ComputeUsed;
}

export type CompareStage = CompareProgress['stage'] | 'model' | 'draw';

export interface CompareProgressNews {
  readonly stage: CompareStage;
  readonly done: number;
  readonly total: number;
}

export interface EngineCalls {
  /** The scans among the files; empty when `open` is to say what is wrong. */
  find(given: GivenFiles): Promise<readonly Candidate[]>;
  open(wanted: {
    readonly given: GivenFiles;
    readonly candidate: Candidate | undefined;
  }): Promise<OpenedScan>;
  segment(wanted: {
    readonly volume: Volume;
    readonly model: ModelChoice;
    readonly compute: ComputeChoice;
  }): Promise<{ readonly segmentation: Segmentation; readonly compute: ComputeUsed }>;
  compare(order: CompareOrder): Promise<MeasuredChange>;
  dataset(given: GivenFiles): Promise<DatasetSummary>;
  /** Ends when the last epoch is done, or after `stopTraining`. */
  train(order: TrainingOrder): Promise<TrainingEnd>;
  stopTraining(none: undefined): Promise<void>;
}

/** Stages of opening and segmenting a scan. */
export type ScanProgress = OpenProgress | SegmentProgress | { stage: 'model'; done: number; total: number };

/** What each call tells on its way. */
export type ProgressOf<Method extends keyof EngineCalls> = Method extends 'train'
  ? TrainingNews
  : Method extends 'compare'
    ? CompareProgressNews
    : ScanProgress;

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
  | {
      readonly id: number;
      readonly kind: 'progress';
      readonly progress: ScanProgress | CompareProgressNews | TrainingNews;
    }
  | { readonly id: number; readonly kind: 'done'; readonly result: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: EngineError };
