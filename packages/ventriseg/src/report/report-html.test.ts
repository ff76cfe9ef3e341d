import { expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { normsRecord } from '../norms/norms-record.ts';
import { qualityCodes } from '../segment/quality.ts';
import type { ResultPanel } from '../segment/result-panels.ts';
import { madeUpRecord } from '../segment/result-record.test-helper.ts';
import type { ResultRecord } from '../segment/result-record.ts';
import { reportHtml } from './report-html.ts';
import type { ReportPictures } from './report-section.ts';

const panel = (plane: ResultPanel['plane'], positionMm: number): ResultPanel => ({
  plane,
  positionMm,
  picture: { width: 2, height: 2, channels: 3, data: new Uint8Array(12).fill(100) },
});
const { picture } = panel('axial', 0);
const pictures: ReportPictures = {
  planes: [panel('sagittal', -0.3), panel('coronal', -12), panel('axial', 6.6)],
  slices: [panel('axial', -40), panel('axial', 20)],
  measures: [
    { id: 'evansIndex', plane: 'axial', positionMm: 11.6, caption: 'Evans index 0.299', picture },
    { id: 'thirdVentricleWidthMm', plane: 'axial', positionMm: -0.2, caption: 'third 5.0 mm', picture },
    {
      id: 'callosalAngleDegrees',
      plane: 'coronal',
      positionMm: -27.5,
      caption: 'callosal angle 101.3°',
      picture,
    },
  ],
  surfaces: picture,
};

const volume = (label: number, title: string, ml: number) => ({
  label,
  name: title,
  title,
  ml,
  mlByProbability: ml + 0.1,
});
const measured = { status: 'measured' as const, message: null, lines: [] };
/** Everything that a record can hold. */
const full: ResultRecord = {
  ...madeUpRecord,
  name: 'study 7',
  volumes: {
    labels: [
      volume(4, 'left lateral ventricle', 9),
      volume(43, 'right lateral ventricle', 6),
      volume(5, 'left temporal horn', 0),
      volume(44, 'right temporal horn', 0.5),
    ],
    lateral: { ml: 15.5, mlByProbability: 15.9 },
    total: { ml: 15.5, mlByProbability: 15.9 },
  },
  pose: {
    worldToPose: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    anteriorCommissure: [0, 0, 0],
    posteriorCommissure: [0, -27.5, 0],
    tiltFrom: 'fourth-and-frontal',
    tiltErrorDegrees: 2.3,
  },
  measures: [
    { ...measured, id: 'evansIndex', title: 'Evans index', unit: 'ratio', value: 0.29876 },
    { ...measured, id: 'callosalAngleDegrees', title: 'callosal angle', unit: 'degrees', value: 101.25 },
    {
      id: 'bicaudateWidthMm',
      title: 'width between the caudates',
      unit: 'mm',
      value: null,
      status: 'NO_WAIST',
      message: 'There is no waist.',
      lines: [],
    },
  ],
  quality: qualityCodes.map((code) => ({ code, severity: 'warning', message: `About ${code}.` })),
  warnings: ['Two voxels were no numbers.'],
  scan: {
    ...madeUpRecord.scan,
    kind: 'dicom',
    series: {
      description: 'mprage',
      modality: 'MR',
      seriesInstanceUid: '1.2.3',
      number: 4,
      images: 176,
      chosenBecause: 'it is the only one',
    },
    patient: { sex: 'F', ageYears: 71 },
  },
  postprocessing: {
    ...madeUpRecord.postprocessing,
    midSagittalPlane: { normal: [1, 0, 0], offsetMm: 0.5, symmetry: 0.9, method: 'symmetry' },
  },
  errorBars: {
    ...{
      method: 'test-time-variation',
      variations: 8,
      largestTurnDegrees: 4,
      largestShiftVoxels: 0.5,
      largestVoxelFactor: 1.2,
    },
    numbers: [
      {
        ...{ id: 'totalMl', title: 'all ventricles', unit: 'mL', digits: 2, value: 15.5 },
        ...{ mean: 15.4, standardError: 0.12, smallestDetectableChange: 0.333 },
      },
      {
        ...{ id: 'evansIndex', title: 'Evans index', unit: 'ratio', digits: 3, value: 0.27 },
        ...{ mean: null, standardError: null, smallestDetectableChange: null },
      },
    ],
  },
  norms: normsRecord([{ id: 'evansIndex', title: 'Evans index', unit: 'ratio', digits: 3, value: 0.335 }], {
    sex: 'F',
    ageYears: 71,
  }),
  timingsMs: { network: 1500, total: 2000 },
};
const plain = (html: string) => html.replace(/<style>.*?<\/style>|<[^>]*>/gs, ' ').replace(/\s+/g, ' ');

test('it tells volumes, sides, doubts with what to do, and where the numbers come from', () => {
  const html = reportHtml(full, pictures);
  const text = plain(html);
  expect(html).toContain('<html lang="en">');
  expect(html).toContain('<title>Ventricles of study 7</title>');
  expect(text).toContain('Not a medical device');
  expect(text).toContain('left lateral ventricle 9.00 9.10 ');
  expect(text).toContain('total 15.50 15.90 ');
  // (9 - 6) / 7.5; the horn that was not found on one side has none.
  expect(text).toContain('lateral ventricle 9.00 6.00 +40.0 % Asymmetry:');
  expect(text.match(/What to do: \S/g)).toHaveLength(qualityCodes.length);
  for (const code of qualityCodes) expect(text).toContain(`warning ${code} About ${code}. What to do:`);
  for (const part of ['Two voxels were no numbers.', 'sex F, age 71 years', 'it is the only one']) {
    expect(text).toContain(part);
  }
  expect(text).toContain('Evans index 0.299 callosal angle 101.3° width between the caudates – (1) ');
  expect(text).toContain('There is no waist.');
  expect(text).toContain('its tilt is known to 2.3 degrees');
  expect(text).not.toContain('seen at 4 mm');
  const skull = { ...measured, id: 'intracranialVolumeMl', title: 'intracranial volume' } as const;
  const measures = [{ ...skull, unit: 'mL', value: 1450 } as const];
  expect(plain(reportHtml({ ...full, measures }, pictures))).toContain('intracranial volume is seen at 4 mm');
  expect(text).toContain('Evans index 0.299; axial, 12 mm above the commissures');
  expect(text).toContain('third 5.0 mm; axial, through the commissures');
  expect(text).toContain('callosal angle 101.3°; coronal, 28 mm behind the anterior commissure');
  expect(text).toContain('times network 1.50 s, total 2.00 s');
  expect(text).toMatch(/sagittal, x 0 mm .*coronal, y -12 mm .*axial, z 7 mm .*axial, z -40 mm/);
});

test('error bars and norms are told where there are any', () => {
  const html = reportHtml(full, pictures);
  const text = plain(html);
  expect(text).toContain('all ventricles, mL 15.50 0.12 0.33 15.40 ');
  expect(text).toContain('Evans index, ratio 0.270 – – – ');
  // (0.335 - 0.281) / 0.027
  expect(text).toContain('Evans index: 0.335, 2.0 standard deviations above the mean');
  expect(text).toContain('doi 10.1227/01.NEU.0000370939.30003.D1');
  expect(text).toMatch(/Not compared: ventricular volume \(.*2010\): this scan does not have the number/);
  expect(html).toContain('<svg class="chart"');
});

test('what there is not is not spoken of', () => {
  const text = plain(reportHtml(madeUpRecord, { planes: [], slices: [] }));
  expect(text).toContain('None of the automatic checks found anything to doubt');
  for (const word of [
    'Patient',
    'Measures',
    'Surfaces',
    'commissure',
    'DICOM',
    'mid-sagittal',
    'by hand',
    'About the scan',
    'Error bars',
    'norms',
    'undefined',
    'null',
  ]) {
    expect(text).not.toContain(word);
  }
  const oneSided = { ...full.volumes, labels: full.volumes.labels.slice(2) };
  expect(plain(reportHtml({ ...full, volumes: oneSided }, pictures))).not.toContain('Asymmetry');
});

test('corrections by hand take away the volumes by probability and are told', () => {
  const total = { ml: 1, mlByProbability: null };
  const edit = {
    strokes: 3,
    voxels: { added: 2, removed: 1, relabelled: 0 },
    volumesBefore: [{ label: 4, ml: 0.008 }],
  };
  const text = plain(
    reportHtml({ ...madeUpRecord, volumes: { ...madeUpRecord.volumes, total }, edit }, pictures),
  );
  expect(text).toContain('total 1.00 – ');
  expect(text).toContain('strokes 3 voxels added 2 voxels removed 1');
  expect(text).toContain('left lateral ventricle before 0.01 mL');
});

test('an error is said first', () => {
  const quality = [
    { code: 'NO_VENTRICLES_FOUND', severity: 'error', message: 'No ventricle was found.' },
  ] satisfies ResultRecord['quality'];
  const text = plain(reportHtml({ ...madeUpRecord, quality }, pictures));
  expect(text).toContain('Quality The numbers of this result cannot be used.');
});

const tagsOf = (html: string) => html.match(/<[^>]*>/g)!.map((tag) => tag.replace(/"[^"]*"/g, '""'));

test('hostile names change no tag; nothing is fetched and nothing is run', () => {
  const hostile = (value: unknown): unknown => {
    if (typeof value === 'string')
      return `${value}"'><script src=https://evil.example/x></script><b onload='&`;
    if (Array.isArray(value)) return value.map(hostile);
    if (typeof value !== 'object' || value === null) return value;
    // Codes, severities and formats are the program's own words.
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) =>
        ['code', 'severity', 'kind', 'method', 'id', 'unit', 'status', 'tiltFrom'].includes(key)
          ? [key, entry]
          : [key, hostile(entry)],
      ),
    );
  };
  const benign = reportHtml(full, pictures);
  const attacked = reportHtml(hostile(full) as ResultRecord, pictures);
  expect(attacked).toContain('evil.example');
  expect(tagsOf(attacked)).toEqual(tagsOf(benign));
  const tags = tagsOf(attacked).join('');
  expect(tags).not.toMatch(/<(script|link|iframe|object|a|form)\b|\son\w+=/);
  expect(benign.match(/<img src="data:image\/png;base64,/g)).toHaveLength(9);
  expect(benign).not.toMatch(/https?:|url\(|@import/);
  expect(benign).toContain('default-src &#39;none&#39;');
});

const parse = `
import sys, json
from html.parser import HTMLParser
void = {'meta', 'img', 'br', 'link'}
class Outline(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.wrong, self.noalt, self.noscope = [], [], 0, 0
    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.noalt += tag == 'img' and not names.get('alt')
        self.noscope += tag == 'th' and names.get('scope') not in ('row', 'col')
        if tag not in void: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.wrong.append(tag)
outline = Outline()
outline.feed(sys.stdin.read())
print(json.dumps([outline.open, outline.wrong, outline.noalt, outline.noscope]))`;

testWithPython(
  'tags are closed in order, pictures are described, heads of tables have a scope',
  ['html'],
  () => {
    expect(JSON.parse(runPython(parse, [], reportHtml(full, pictures)))).toEqual([[], [], 0, 0]);
  },
);
