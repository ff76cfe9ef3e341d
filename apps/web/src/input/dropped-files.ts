/** Files, folders and zips that were dropped on the page or picked, as one list with paths. */
import type { GivenFile, GivenFiles } from '../engine/protocol.ts';

/** What was dropped; folders are read to any depth. Call it at once in the event, whose data are gone later. */
export async function droppedFiles(transfer: DataTransfer): Promise<GivenFiles | undefined> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === 'file')
    .map((item) => item.webkitGetAsEntry() ?? item.getAsFile())
    .filter((entry) => entry !== null);
  const found: GivenFile[] = [];
  for (const entry of entries) {
    if (entry instanceof File) found.push({ path: entry.name, blob: entry });
    else await walk(entry, found);
  }
  const first = entries[0];
  return found.length === 0 || first === undefined ? undefined : { path: first.name, files: found };
}

/** What was picked with a file or folder dialog. */
export function pickedFiles(list: FileList): GivenFiles | undefined {
  const files = [...list].map((file) => ({ path: file.webkitRelativePath || file.name, blob: file }));
  const first = files[0];
  return first === undefined ? undefined : { path: first.path.split('/')[0]!, files };
}

async function walk(entry: FileSystemEntry, found: GivenFile[]): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    found.push({ path, blob: file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A call gives at most 100 entries, and none when there are no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return;
    for (const child of some) await walk(child, found);
  }
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
