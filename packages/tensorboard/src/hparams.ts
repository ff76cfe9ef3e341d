/**
 * Hyperparameters in the form that TensorBoard's HParams plugin reads.
 *
 * A session (one run's directory) announces its hyperparameters in the summary `_hparams_/session_start_info`
 * and its end in `_hparams_/session_end_info`; `_hparams_/experiment` lists the columns and metrics of the
 * table. All three are metadata: the message is the plugin content, the tensor is empty. Field numbers from
 * `plugin_data.proto` and `api.proto` of the plugin and from `google/protobuf/struct.proto`.
 */
import type { BinaryWriter } from '@bufbuild/protobuf/wire';
import { WireType } from '@bufbuild/protobuf/wire';
import { TensorBoardError } from './errors.ts';
import type { SummaryValue } from './summary.ts';
import { encodeMessage, writeDouble, writeInt32, writeMessage, writeString } from './wire.ts';

export type HParamValue = number | string | boolean;

/** A scalar that the HParams table shows as a result. */
export interface HParamMetric {
  /** Tag the scalar is written with. */
  readonly tag: string;
  /** Sub-directory of the run that the scalar is written in; none when it is the run's own. */
  readonly group?: string;
  /** Column title, when not the tag. */
  readonly displayName?: string;
  readonly description?: string;
}

export interface HParams {
  /** The values of this run. */
  readonly hparams: Readonly<Record<string, HParamValue>>;
  /**
   * Scalars to show as results, as tags or with more detail. Given, they fix the table's columns for the whole
   * log directory: TensorBoard takes the first experiment it finds, so name the same in every run. Left out,
   * TensorBoard gathers columns from all runs and takes every scalar as a metric.
   */
  readonly metrics?: readonly (string | HParamMetric)[];
}

export interface HParamSession {
  /** Runs with the same group are averaged in the table: repeats that differ in the seed only. */
  readonly groupName?: string;
  /** Where the run's checkpoints are. */
  readonly modelUri?: string;
}

const DATA_TYPE = { string: 1, boolean: 2, number: 3 } as const;
const SESSION_STATUS = { success: 1, failure: 2, running: 3 } as const;

export type SessionStatus = keyof typeof SESSION_STATUS;

/** The summary that lists hyperparameters and metrics. */
export function experimentValue(hparams: HParams, createdSecs: number): SummaryValue {
  return hparamsValue('experiment', 2, (experiment) => {
    writeDouble(experiment, 3, createdSecs);
    for (const [name, value] of Object.entries(hparams.hparams)) {
      writeMessage(experiment, 4, (info) => {
        writeString(info, 1, name);
        writeInt32(info, 4, DATA_TYPE[typeof value as keyof typeof DATA_TYPE]);
      });
    }
    for (const metric of hparams.metrics ?? []) {
      const { tag, group, displayName, description } = typeof metric === 'string' ? { tag: metric } : metric;
      writeMessage(experiment, 5, (info) => {
        writeMessage(info, 1, (name) => {
          writeString(name, 1, group);
          writeString(name, 2, tag);
        });
        writeString(info, 3, displayName);
        writeString(info, 4, description);
      });
    }
  });
}

/**
 * The summary with this run's values.
 *
 * @throws TensorBoardError BAD_ARGUMENT for a value that is neither a finite number, a string nor a boolean.
 */
export function sessionStartValue(hparams: HParams, session: HParamSession, startSecs: number): SummaryValue {
  return hparamsValue('session_start_info', 3, (start) => {
    for (const [name, value] of Object.entries(hparams.hparams)) {
      writeMessage(start, 1, (entry) => {
        writeString(entry, 1, name);
        writeMessage(entry, 2, (nested) => writeHParamValue(nested, name, value));
      });
    }
    writeString(start, 2, session.modelUri);
    writeString(start, 4, session.groupName);
    writeDouble(start, 5, startSecs);
  });
}

/** The summary that says how the run ended. */
export function sessionEndValue(status: SessionStatus, endSecs: number): SummaryValue {
  return hparamsValue('session_end_info', 4, (end) => {
    writeInt32(end, 1, SESSION_STATUS[status]);
    writeDouble(end, 2, endSecs);
  });
}

/** A google.protobuf.Value. */
function writeHParamValue(writer: BinaryWriter, name: string, value: HParamValue): void {
  if (typeof value === 'number' && Number.isFinite(value)) {
    writer.tag(2, WireType.Bit64).double(value);
  } else if (typeof value === 'string') {
    writer.tag(3, WireType.LengthDelimited).string(value);
  } else if (typeof value === 'boolean') {
    writer.tag(4, WireType.Varint).bool(value);
  } else {
    throw new TensorBoardError(
      'BAD_ARGUMENT',
      `hparams: "${name}" is ${String(value)}; TensorBoard shows finite numbers, strings and booleans`,
    );
  }
}

function hparamsValue(name: string, field: number, write: (writer: BinaryWriter) => void): SummaryValue {
  return {
    tag: `_hparams_/${name}`,
    metadata: {
      pluginName: 'hparams',
      content: encodeMessage((content) => writeMessage(content, field, write)),
      dataClass: 2,
    },
    value: { kind: 'tensor', tensor: { dtype: 'float', shape: [0], values: [] } },
  };
}
