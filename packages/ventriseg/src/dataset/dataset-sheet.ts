/**
 * The contact sheet of a dataset: three slices of every subject with the labels over them, so that a person sees
 * at a glance labels that are shifted, mirrored or missing, and heads that lie otherwise than the rest.
 */
import { ventricles } from '../labels/index.ts';
import { contactSheet, greyWithMaskRgb, type Picture, type Rgb, upscale } from '../pictures/index.ts';
import type { SubjectRecord } from './manifest.ts';
import type { DatasetPlan } from './plan.ts';
import type { PreparedSubject } from './prepare-subject.ts';

/** At most so many subjects are shown, spread over the inputs. */
export const subjectsOnSheet = 60;

/** Where in a subject's kept slices the shown ones lie. */
const shares = [1 / 6, 1 / 2, 5 / 6];

/** Tiles smaller than this are enlarged. */
const smallTile = 128;

/** The slices of one subject that the sheet shows. */
export interface SheetEntry {
  /** Position of the subject in the manifest. */
  readonly position: number;
  readonly tiles: readonly {
    readonly index: number;
    readonly image: Uint8Array;
    readonly label: Uint8Array;
  }[];
}

/** Copies the slices to show out of a prepared subject. */
export function sheetEntry({ record, images, labels }: PreparedSubject, position: number): SheetEntry {
  const pixels = images.length / record.slices.length;
  const tiles = shares.map((share) => {
    const k = Math.floor(share * record.slices.length);
    return {
      index: record.slices[k]!,
      image: images.slice(k * pixels, (k + 1) * pixels),
      label: labels.slice(k * pixels, (k + 1) * pixels),
    };
  });
  return { position, tiles };
}

/** Draws the sheet, two subjects a row; captions name subject, split and slice (counted from 0). */
export function drawDatasetSheet(
  entries: readonly SheetEntry[],
  subjects: readonly Pick<SubjectRecord, 'subject' | 'split'>[],
  plan: DatasetPlan,
): Picture {
  const { rows, columns } = plan.crop;
  const factor = Math.max(rows, columns) < smallTile ? 2 : 1;
  const colours = classColours(plan);
  const tiles: Picture[] = [];
  const captions: string[] = [];
  const lettersInTile = Math.floor((columns * factor) / 6);
  const enlarged = (data: Uint8Array) =>
    upscale({ width: columns, height: rows, data, channels: 1 }, factor).data;
  for (const { position, tiles: shown } of entries) {
    const { subject, split } = subjects[position]!;
    for (const { index, image, label } of shown) {
      tiles.push(
        greyWithMaskRgb(enlarged(image), enlarged(label), columns * factor, rows * factor, {
          colours,
          opacity: 0.65,
        }),
      );
      captions.push(`${subject.slice(0, lettersInTile)}\n${split} ${index}`);
    }
  }
  return contactSheet(tiles, { columns: 2 * shares.length, labels: captions });
}

/** FreeSurfer's colour of each class's first label; where two classes would look the same, the next is lighter. */
function classColours(plan: DatasetPlan): Map<number, Rgb> {
  const colours = new Map<number, Rgb>();
  const used = new Set<string>();
  plan.classes.forEach(({ labels }, k) => {
    let colour: Rgb = ventricles.find(({ number }) => number === labels[0])!.colour;
    while (used.has(colour.join())) {
      colour = colour.map((value) => Math.round((value + 255) / 2)) as unknown as Rgb;
    }
    used.add(colour.join());
    colours.set(k + 1, colour);
  });
  return colours;
}
