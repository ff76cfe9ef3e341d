/**
 * What a training leaves behind for people: TensorBoard events and the same scalars as CSV, one row an epoch.
 * Both are cut back to the checkpoint when a run is resumed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type EventWriter, encodeGraphDef, type GraphNode as TensorBoardNode } from '@ventriseg/tensorboard';
import { openEventFile } from '@ventriseg/tensorboard/node';
import type { Graph } from 'onnx-autograd';
import { encodePng, type Picture } from '../pictures/index.ts';
import { type SliceTile, tileSheet } from './slice-tiles.ts';

/** What recipes of all kinds have that is worth comparing by. */
interface LoggedRecipe {
  readonly name: string;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly optimiser: { readonly kind: string };
  readonly seed: number;
}

export const SCALARS_FILE = 'scalars.csv';

export class RunLog {
  private readonly events: EventWriter;
  private readonly csvPath: string;
  private rows: string[] = [];

  private constructor(directory: string, events: EventWriter) {
    this.events = events;
    this.csvPath = join(directory, SCALARS_FILE);
  }

  /** @param resumeStep last step whose entries are kept; undefined for a new run */
  static async open(directory: string, resumeStep: number | undefined): Promise<RunLog> {
    const events = openEventFile(directory, resumeStep === undefined ? {} : { purgeStep: resumeStep + 1 });
    const log = new RunLog(directory, events);
    if (resumeStep !== undefined) {
      // There is none yet when the run was stopped in its first epoch.
      const text = await readFile(log.csvPath, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return '';
        throw error;
      });
      const lines = text.split('\n').filter((line) => line !== '');
      log.rows = lines.filter((line, i) => i === 0 || Number(line.split(',')[1]) <= resumeStep);
    }
    return log;
  }

  /** One row of scalars; the first call decides the columns. */
  async scalars(epoch: number, step: number, values: Readonly<Record<string, number>>): Promise<void> {
    this.events.scalars({ ...values }, step);
    if (this.rows.length === 0) this.rows.push(['epoch', 'step', ...Object.keys(values)].join(','));
    this.rows.push([epoch, step, ...Object.values(values)].join(','));
    await writeFile(this.csvPath, `${this.rows.join('\n')}\n`);
  }

  histogram(tag: string, values: Float32Array, step: number): void {
    if (values.every(Number.isFinite)) this.events.histogram(tag, values, step);
  }

  /** Input, true and predicted mask of some slices, side by side. */
  slices(
    tag: string,
    tiles: readonly SliceTile[],
    size: { rows: number; columns: number },
    step: number,
  ): void {
    this.picture(tag, tileSheet(tiles, size), step);
  }

  picture(tag: string, picture: Picture, step: number): void {
    const { width, height, channels } = picture;
    this.events.image(tag, encodePng(picture), { width, height, channels }, step);
  }

  /** What is said once, before the first step: the recipe, its numbers to compare by, and the graph. */
  beginning(recipe: LoggedRecipe, lossName: string, graph: Graph): void {
    this.events.text('recipe', `\`\`\`json\n${JSON.stringify(recipe, null, 2)}\n\`\`\``, 0);
    this.events.hparams({
      hparams: {
        recipe: recipe.name,
        learning_rate: recipe.learningRate,
        batch_size: recipe.batchSize,
        optimiser: recipe.optimiser.kind,
        loss: lossName,
        seed: recipe.seed,
      },
    });
    this.events.graph(encodeGraphDef(tensorBoardNodes(graph)));
  }

  async close(status: 'success' | 'failure'): Promise<void> {
    this.events.endSession(status);
    await this.events.close();
  }
}

/** The graph's real nodes, under names that TensorBoard accepts, constants left out. */
function tensorBoardNodes(graph: Graph): TensorBoardNode[] {
  const constants = new Set(graph.constants.map((c) => c.name));
  const producer = new Map(graph.nodes.flatMap((n) => n.outputs.map((output) => [output, n.name] as const)));
  const source = (name: string) => producer.get(name) ?? name;
  const placeholders = [...graph.inputs, ...graph.parameters.map((p) => p.value)].map((value) => ({
    name: value.name,
    op: graph.inputs.includes(value) ? 'Placeholder' : 'Variable',
    inputs: [],
    outputShapes: [[...value.shape]],
  }));
  const nodes = graph.nodes.map((node) => ({
    name: node.name,
    op: node.op,
    inputs: node.inputs.filter((name) => name !== '' && !constants.has(name)).map(source),
    outputShapes: node.outputs.map((output) => [...graph.valueOf(output).shape]),
  }));
  return [...placeholders, ...nodes];
}
