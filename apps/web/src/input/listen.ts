/** Waits for files: picked in dialogs, and dropped anywhere on the page. */
import { EngineFailure } from '../engine/engine.ts';
import type { GivenFiles } from '../engine/protocol.ts';
import { byId } from '../ui/dom.ts';
import { droppedFiles, pickedFiles } from './dropped-files.ts';

/** @param pickers ids of a button and of the file input that it opens */
export function listenForPicked(
  pickers: readonly (readonly [button: string, input: string])[],
  take: (given: GivenFiles) => void,
): void {
  for (const [button, input] of pickers) {
    const field = byId<HTMLInputElement>(input);
    byId(button).addEventListener('click', () => field.click());
    field.addEventListener('change', () => {
      const given = field.files === null ? undefined : pickedFiles(field.files);
      field.value = '';
      if (given !== undefined) take(given);
    });
  }
}

export function listenForDropped(take: (given: GivenFiles) => void, fail: (error: unknown) => void): void {
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragleave', (event) => {
    if (event.relatedTarget === null) document.body.classList.remove('dragging');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    const { dataTransfer } = event;
    if (dataTransfer === null) return;
    droppedFiles(dataTransfer).then((given) => {
      if (given !== undefined) take(given);
      else fail(new EngineFailure('NO_FILES', 'what was dropped holds no files; drop a scan or its folder'));
    }, fail);
  });
}
