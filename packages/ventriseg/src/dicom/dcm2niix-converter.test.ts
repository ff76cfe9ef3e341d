import { afterEach, expect, test } from 'vitest';
import { VentrisegError } from '../errors.ts';
import { type Dcm2niixFactory, dcm2niixConverter } from './dcm2niix-converter.ts';

/** A stand-in for the WebAssembly module: writes the given files and says the given lines. */
function standIn(
  outputs: Record<string, Uint8Array | string>,
  lines: readonly string[] = [],
  main: () => number = () => 0,
) {
  const written = new Map<string, Uint8Array>();
  const calls: string[][] = [];
  const factory: Dcm2niixFactory = async ({ print }) => ({
    FS: {
      mkdir: () => {},
      readdir: () => ['.', '..', ...Object.keys(outputs)],
      readFile: (path) => {
        const content = outputs[path.replace('/out/', '')]!;
        return typeof content === 'string' ? new TextEncoder().encode(content) : content;
      },
      writeFile: (path, bytes) => {
        written.set(path, bytes);
      },
    },
    callMain: (args) => {
      calls.push(args);
      for (const line of lines) print(line);
      return main();
    },
  });
  return { converter: dcm2niixConverter(async () => factory), written, calls };
}

const nifti = (fill = 7) => new Uint8Array(400).fill(fill);
const files = [
  { path: 'study/a.dcm', bytes: new Uint8Array([1]) },
  { path: 'study/b.dcm', bytes: new Uint8Array([2]) },
];

const exitCodeBefore = process.exitCode;
afterEach(() => {
  process.exitCode = exitCodeBefore;
});

test('gives every volume with its echo time and what it holds', async () => {
  const { converter, written } = standIn({
    'image_e1.nii': nifti(),
    'image_e1.json': '{"EchoTime":0.00174}',
    'image_e2.nii': nifti(),
    'image_e2.json': '{"EchoTime":0.0036}',
    'image_e2_ph.nii': nifti(),
    'image_e2_ph.json': '{"EchoTime":0.0036}',
    'image_Eq_1.nii': nifti(),
    'image.json': '{}',
    'image_ROI1.nii': nifti(),
    'image_real.nii': nifti(),
  });
  const { images } = await converter.convert(files, { path: 'study' });
  expect(images.map(({ echoTimeMs, content }) => [echoTimeMs, content])).toEqual([
    [undefined, 'resampled'],
    [undefined, 'other'],
    [1.74, 'magnitude'],
    [3.6, 'magnitude'],
    [3.6, 'other'],
    [undefined, 'other'],
  ]);
  expect([...written]).toEqual([
    ['/in/0.dcm', new Uint8Array([1])],
    ['/in/1.dcm', new Uint8Array([2])],
  ]);
});

test('free text in the header is blanked, everything else kept', async () => {
  const { converter } = standIn({ 'image.nii': nifti() });
  const { images } = await converter.convert(files, { path: 'study' });
  images[0]!.nifti.forEach((byte, at) => {
    const isText = (at >= 4 && at < 32) || (at >= 148 && at < 252);
    expect(byte, `byte ${at}`).toBe(isText ? 0 : 7);
  });
});

test('warnings are passed on once, with the original paths', async () => {
  const { converter } = standIn({ 'image.nii': nifti() }, [
    'Found 2 DICOM file(s)',
    'Warning: odd header in /in/1.dcm',
    'Warning: odd header in /in/1.dcm',
    'Warning: Empty protocol name(s) (0018,1030)',
  ]);
  const { warnings } = await converter.convert(files, { path: 'study' });
  expect(warnings).toEqual(['dcm2niix: Warning: odd header in study/b.dcm']);
});

test('no volume is an error that quotes the program', async () => {
  const { converter } = standIn({}, ['Error: no valid DICOM in /in/0.dcm'], () => 2);
  const error = await converter.convert(files, { path: 'study' }).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(VentrisegError);
  expect(error).toMatchObject({
    code: 'DICOM_CONVERSION_FAILED',
    path: 'study',
    message:
      'study: dcm2niix ended with status 2 and no volume on a series of 2 files; it said: Error: no valid DICOM in ' +
      'study/a.dcm; convert the series to NIfTI by other means and give that',
  });
});

test('a crash is an error even when a volume was begun', async () => {
  const crash = new Error('memory access\nout of bounds');
  const { converter } = standIn({ 'image.nii': nifti() }, [], () => {
    throw crash;
  });
  const error = await converter.convert(files, { path: 'study' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'DICOM_CONVERSION_FAILED', cause: crash });
  expect((error as Error).message).toContain('broke down (memory access out of bounds)');
});

test('the exit code of the process is left alone', async () => {
  process.exitCode = 1;
  const { converter } = standIn({ 'image.nii': nifti() }, [], () => {
    process.exitCode = 0;
    return 0;
  });
  await converter.convert(files, { path: 'study' });
  expect(process.exitCode).toBe(1);
});

test('an aborted conversion does not start the program', async () => {
  const { converter, calls } = standIn({ 'image.nii': nifti() });
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(converter.convert(files, { path: 'study', signal })).rejects.toThrow('enough');
  expect(calls).toEqual([]);
});
