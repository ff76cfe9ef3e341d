/** What `ventriseg train` left in a run folder, as the reports need it. */
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Dataset } from '../../packages/ventriseg/src/dataset/index.ts';
import { parseRecipe, type Recipe } from '../../packages/ventriseg/src/recipes/index.ts';
import type { ClassEvaluation } from '../../packages/ventriseg/src/training/index.ts';
import { readCsv } from './csv-table.ts';

export interface RunFolder {
  readonly directory: string;
  /** Name of the folder, by which the run is called. */
  readonly name: string;
  readonly recipe: Recipe;
  /** Where the dataset was when the run was made. */
  readonly datasetPath: string;
  /** Columns of scalars.csv. */
  readonly scalars: ReadonlyMap<string, number[]>;
  readonly scalarsPath: string;
  readonly modelPath: string;
  /** Optimiser steps that model and evaluation are of. */
  readonly step: number;
  /** Scores of the one class on the test people. */
  readonly evaluation: ClassEvaluation;
}

/** @throws Error when files are missing, or when there is not exactly one class */
export async function readRun(directory: string): Promise<RunFolder> {
  const json = async (name: string) => JSON.parse(await readFile(join(directory, name), 'utf8'));
  const run = await json('run.json');
  const { step, classes } = (await json('evaluation.json')) as { step: number; classes: ClassEvaluation[] };
  const [evaluation] = classes;
  if (evaluation === undefined || classes.length > 1) {
    throw new Error(`${directory}: is of ${classes.length} classes, the experiment has one`);
  }
  const scalarsPath = join(directory, 'scalars.csv');
  return {
    directory,
    name: basename(resolve(directory)),
    recipe: parseRecipe(run.recipe, join(directory, 'run.json')),
    datasetPath: run.dataset.path,
    scalars: await readCsv(scalarsPath),
    scalarsPath,
    modelPath: join(directory, 'model.onnx'),
    step,
    evaluation,
  };
}

/** The subject of a slice, and its place among that subject's slices. */
export function subjectOfSlice(dataset: Dataset, position: number): { subject: string; index: number } {
  const record = dataset.manifest.subjects.find(
    ({ offset, slices }) => position >= offset && position < offset + slices.length,
  )!;
  return { subject: record.subject, index: position - record.offset };
}
