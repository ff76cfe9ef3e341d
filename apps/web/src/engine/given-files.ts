/** Turns what the user gave into the library's input files, and finds the scans among them. */
import {
  baseName,
  chooseSeries,
  describeSeries,
  groupSeries,
  type InputFile,
  isNamedLikeVolume,
  isZip,
  openZip,
  partnerPaths,
  rateSeries,
  readDicomHeader,
} from 'ventriseg';
import type { Candidate, GivenFile, GivenFiles } from './protocol.ts';

/** Enough of a file to tell its DICOM series, but for long private headers, which are then read whole. */
const headBytes = 128 * 1024;

/** The files, with zips opened. */
export async function inputFiles(given: GivenFiles): Promise<InputFile[]> {
  const all = await Promise.all(given.files.map(expand));
  return all.flat();
}

async function expand({ path, blob }: GivenFile): Promise<InputFile[]> {
  const file: InputFile = {
    path,
    size: blob.size,
    read: async () => new Uint8Array(await blob.arrayBuffer()),
    readHead: async (length) => new Uint8Array(await blob.slice(0, length).arrayBuffer()),
  };
  return isZip(await file.readHead(4)) ? openZip(await file.read(), path) : [file];
}

/** The scans to choose from: DICOM series that are images, or else NIfTI and MGH files. */
export async function findCandidates(
  path: string,
  files: readonly InputFile[],
  onProgress: (done: number) => void,
): Promise<Candidate[]> {
  const headers = [];
  for (const [done, file] of files.entries()) {
    const head = await file.readHead(headBytes);
    const answer = readDicomHeader(head, file.path, head.length >= file.size);
    const whole = answer.kind === 'needs-more' ? readDicomHeader(await file.read(), file.path) : answer;
    headers.push({ path: file.path, file: whole });
    onProgress(done + 1);
  }
  const { series } = groupSeries(headers);
  if (series.length > 0) {
    const rated = series.map(rateSeries);
    const best = rated.some(({ usable }) => usable)
      ? chooseSeries(series, undefined, path).series
      : undefined;
    return rated.map((one) => ({
      kind: 'series',
      id: one.series.seriesInstanceUid,
      title: describeSeries(one.series),
      detail: one.clues.map(({ words }) => words).join(', '),
      recommended: one.series === best,
    }));
  }
  return files
    .filter((file) => isNamedLikeVolume(file.path))
    .map((file) => ({
      kind: 'file',
      id: file.path,
      title: baseName(file.path),
      detail: `${(file.size / 1e6).toFixed(1)} MB`,
      recommended: false,
    }));
}

/** Only the files of one NIfTI or MGH candidate. */
export function filesOf(candidate: Candidate, files: readonly InputFile[]): InputFile[] {
  const wanted = new Set([candidate.id, ...partnerPaths(candidate.id)]);
  return files.filter((file) => wanted.has(file.path));
}
