import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { dataBytes, testWithData } from '../../../../test/shared-data.ts';
import { dicomBytes, mrSlice } from './dicom-bytes.test-helper.ts';
import { type DicomHeader, readDicomHeader } from './dicom-header.ts';

function imageHeader(bytes: Uint8Array): DicomHeader {
  const file = readDicomHeader(bytes, 'a.dcm');
  if (file.kind !== 'image') throw new Error(`expected an image, got ${file.kind}`);
  return file.header;
}

test('a slice written by hand is read back', () => {
  const bytes = dicomBytes(mrSlice({ instance: 7 }));
  expect(imageHeader(bytes)).toEqual({
    path: 'a.dcm',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.4',
    sopInstanceUid: '1.2.3.4.1.7',
    studyInstanceUid: '1.2.3',
    seriesInstanceUid: '1.2.3.4',
    transferSyntaxUid: '1.2.840.10008.1.2.1',
    seriesNumber: 5,
    instanceNumber: 7,
    seriesDescription: 't1_mprage_sag',
    protocolName: '',
    modality: 'MR',
    imageType: ['ORIGINAL', 'PRIMARY', 'M', 'ND'],
    scanningSequence: ['GR', 'IR'],
    sequenceName: '',
    acquisitionType: '3D',
    bodyPart: '',
    hasContrastAgent: false,
    sliceThicknessMm: 2,
    repetitionTimeMs: 2300,
    echoTimeMs: 3,
    inversionTimeMs: 900,
    rows: 6,
    columns: 8,
    frames: 1,
    positionLps: [-8, -6, 14],
    orientationLps: [1, 0, 0, 0, 1, 0],
    bytesNeeded: bytes.length,
    sex: 'F',
    ageYears: 40,
    acquisitionDate: '20200515',
  });
});

test('nothing that names the patient is kept; of dates only the day of the scan', () => {
  const text = JSON.stringify(imageHeader(dicomBytes(mrSlice())));
  for (const secret of ['Doe', 'Jane', '4711', '1980']) expect(text).not.toContain(secret);
});

test('implicit VR and files without a preamble give the same header', () => {
  const { transferSyntaxUid: _, bytesNeeded: __, ...expected } = imageHeader(dicomBytes(mrSlice()));
  const implicit = '1.2.840.10008.1.2';
  for (const options of [
    { transferSyntax: implicit },
    { bare: true },
    { bare: true, transferSyntax: implicit },
  ]) {
    expect(imageHeader(dicomBytes(mrSlice(), options))).toMatchObject(expected);
  }
});

test('a description over several lines becomes one line', () => {
  const { seriesDescription } = imageHeader(
    dicomBytes(mrSlice({ elements: { '0008103e': 'T1\r\n3D\u0007' } })),
  );
  expect(seriesDescription).toBe('T1 3D');
});

test('a beginning that does not reach the pixels asks for more; the rest of the pixels is not needed', () => {
  const bytes = dicomBytes(mrSlice());
  expect(readDicomHeader(bytes.subarray(0, 400), 'a', false).kind).toBe('needs-more');
  expect(readDicomHeader(bytes.subarray(0, bytes.length - 96), 'a', false).kind).toBe('image');
  expect(readDicomHeader(bytes.subarray(0, 400), 'a', true).kind).toBe('unreadable-dicom');
});

test('reports, PDFs and images without pixels are DICOM but no images', () => {
  const { '7fe00010': _, ...noPixels } = mrSlice();
  expect(readDicomHeader(dicomBytes(noPixels), 'a').kind).toBe('other-dicom');
  const pdf = dicomBytes({
    '00080016': '1.2.840.10008.5.1.4.1.1.104.1',
    '0020000e': '1.2',
    '00420011': new Uint8Array(64),
  });
  expect(readDicomHeader(pdf, 'a')).toEqual({
    kind: 'other-dicom',
    sopClassUid: '1.2.840.10008.5.1.4.1.1.104.1',
  });
});

test('deflated files are named as such', () => {
  const file = readDicomHeader(dicomBytes(mrSlice(), { transferSyntax: '1.2.840.10008.1.2.1.99' }), 'a');
  expect(file).toEqual({
    kind: 'unreadable-dicom',
    reason: 'its transfer syntax is deflate, which is not supported',
  });
});

test.each([
  ['nothing', new Uint8Array(0)],
  [
    'text',
    new TextEncoder().encode('just some text, as long as this line is or a little longer. '.repeat(9)),
  ],
  ['zeros', new Uint8Array(1000)],
  [
    'bytes that begin like group 0008',
    Uint8Array.from({ length: 999 }, (_, i) => [8, 0, 5, 0][i] ?? i % 251),
  ],
])('%s is not DICOM', (_, bytes) => {
  expect(readDicomHeader(bytes, 'a').kind).toBe('not-dicom');
});

test('a header cut anywhere never throws', () => {
  const bytes = dicomBytes(mrSlice());
  for (let length = 0; length < bytes.length; length++) {
    expect(() => readDicomHeader(bytes.subarray(0, length), 'a')).not.toThrow();
  }
});

testWithData('the real series say what they are', () => {
  expect(imageHeader(dataBytes('dicom', 'siemens-sagittal-memprage', '0001.dcm'))).toMatchObject({
    modality: 'MR',
    acquisitionType: '3D',
    rows: 220,
    sex: 'F',
    ageYears: 10,
    seriesNumber: 4,
  });
});

const PYDICOM_HEADERS = `
import glob, json, os, pydicom, pydicom.data
folder = os.path.join(os.path.dirname(pydicom.data.__file__), 'test_files')
out = {}
for path in sorted(glob.glob(folder + '/MR_small*.dcm') + glob.glob(folder + '/*1frame.dcm')):
    d = pydicom.dcmread(path, stop_before_pixels=True)
    out[path] = dict(modality=d.Modality, seriesInstanceUid=d.SeriesInstanceUID, sopInstanceUid=d.SOPInstanceUID,
                     rows=d.Rows, columns=d.Columns, sopClassUid=d.SOPClassUID,
                     transferSyntaxUid=d.file_meta.TransferSyntaxUID, instanceNumber=d.get('InstanceNumber'))
print(json.dumps(out))
`;

testWithPython('headers of pydicom test files in every transfer syntax match pydicom', ['pydicom'], () => {
  const expected = JSON.parse(runPython(PYDICOM_HEADERS)) as Record<string, Record<string, unknown>>;
  const paths = Object.keys(expected);
  expect(paths.length).toBeGreaterThan(5);
  for (const path of paths) {
    const { instanceNumber, ...fields } = expected[path]!;
    expect(imageHeader(readFileSync(path)), path).toMatchObject(fields);
    expect(imageHeader(readFileSync(path)).instanceNumber ?? null, path).toBe(instanceNumber);
  }
});

testWithPython('no file of the pydicom test files makes the reader throw', ['pydicom'], () => {
  const script =
    'import os, pydicom.data as d; print(os.path.join(os.path.dirname(d.__file__), "test_files"))';
  const folder = runPython(script).trim();
  const names = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  expect(names.length).toBeGreaterThan(20);
  for (const { name } of names) {
    expect(() => readDicomHeader(readFileSync(join(folder, name)), name), name).not.toThrow();
  }
});
