/** Everything that is needed to make the result again: scan, model, software, options, and how long it took. */
import type { ResultRecord } from '../segment/result-record.ts';
import { type Html, html } from './html.ts';
import type { ReportInputs } from './report-section.ts';
import { propertyTable } from './table.ts';

export function provenanceSection({ record }: ReportInputs): Html {
  return html`<section>
<h2>Where the numbers come from</h2>
${scanTable(record)}
${seriesTable(record)}
${methodTable(record)}
${editTable(record)}
</section>
`;
}

function scanTable({ scan }: ResultRecord): Html {
  const { patient } = scan;
  return propertyTable('Scan', [
    ['path', scan.path],
    ['SHA-256', code(scan.sha256)],
    ['format', { nifti: 'NIfTI', mgh: 'MGH', dicom: 'DICOM' }[scan.kind]],
    ['voxels', `${scan.shape.join(' × ')} of ${scan.voxelMm.map(upToHundredths).join(' × ')} mm`],
    ['storage axes', scan.axes],
    ['patient’s sex', patient?.sex ?? undefined],
    ['patient’s age', patient?.ageYears == null ? undefined : `${patient.ageYears} years`],
  ]);
}

function seriesTable({ scan: { series } }: ResultRecord): Html | undefined {
  if (series === null) return undefined;
  return propertyTable('DICOM series', [
    ['description', series.description],
    ['modality', series.modality],
    ['number', series.number ?? undefined],
    ['UID', code(series.seriesInstanceUid)],
    ['images', series.images],
    ['taken because', series.chosenBecause],
  ]);
}

function methodTable({ software, model, options, postprocessing, timingsMs }: ResultRecord): Html {
  const { islands, filledVoxels, midSagittalPlane: plane } = postprocessing;
  return propertyTable('Method', [
    ['software', `${software.name} ${software.version}`],
    ['model', `${model.name}, trained for ${model.steps} steps`],
    ['model’s SHA-256', code(model.sha256)],
    ['borders refined (CRF)', yesOrNo(options.crf)],
    [
      'islands removed',
      options.removeIslands ? `yes: ${islands.parts} parts, ${islands.ml.toFixed(2)} mL` : 'no',
    ],
    ['holes filled', options.fillHoles ? `yes: ${filledVoxels} voxels` : 'no'],
    [
      'mid-sagittal plane',
      plane === null
        ? undefined
        : `by ${plane.method === 'symmetry' ? 'symmetry' : 'centre of mass'}: normal ` +
          `(${plane.normal.map((value) => value.toFixed(3)).join(', ')}), offset ${plane.offsetMm.toFixed(1)} mm, ` +
          `symmetry ${plane.symmetry.toFixed(2)}`,
    ],
    ['times', timesOf(timingsMs)],
  ]);
}

function editTable({ edit, volumes }: ResultRecord): Html | undefined {
  if (edit === undefined) return undefined;
  const titleOf = (label: number) => volumes.labels.find((volume) => volume.label === label)?.title ?? label;
  return propertyTable('Corrections by hand', [
    ['strokes', edit.strokes],
    ['voxels added', edit.voxels.added],
    ['voxels removed', edit.voxels.removed],
    ['voxels relabelled', edit.voxels.relabelled],
    ...edit.volumesBefore.map(
      ({ label, ml }) => [`${titleOf(label)} before`, `${ml.toFixed(2)} mL`] as const,
    ),
  ]);
}

function timesOf(timingsMs: ResultRecord['timingsMs']): string | undefined {
  const times = Object.entries(timingsMs).map(([stage, ms]) => `${stage} ${(ms / 1000).toFixed(2)} s`);
  return times.length === 0 ? undefined : times.join(', ');
}

function code(text: string): Html {
  return html`<code>${text}</code>`;
}

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}

function upToHundredths(value: number): string {
  return String(Math.round(value * 100) / 100);
}
