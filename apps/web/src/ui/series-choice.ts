/**
 * Lets the user choose among several scans. Chosen beforehand are the DICOM series that the library would take, or
 * all files when they are few, as when two are to be compared.
 */
import type { Candidate } from '../engine/protocol.ts';
import { byId, element } from './dom.ts';

/** Files that are taken to be meant, all of them. */
const fewFiles = 3;

/** @returns none when the user cancels */
export function chooseCandidates(candidates: readonly Candidate[]): Promise<readonly Candidate[]> {
  const form = byId<HTMLFormElement>('choice');
  const isFew = candidates.length <= fewFiles && candidates.every(({ kind }) => kind === 'file');
  const boxes = candidates.map(({ recommended }) => {
    const box = element('input', { type: 'checkbox' });
    box.checked = recommended || isFew;
    return box;
  });
  if (!boxes.some(({ checked }) => checked)) boxes[0]!.checked = true;
  const choices = candidates.map(({ title, detail, recommended }, k) => {
    const about = recommended ? `suits best: ${detail}` : detail;
    return element('label', {}, boxes[k]!, ` ${title}`, element('span', { class: 'detail' }, about));
  });
  const open = byId<HTMLButtonElement>('choice-open');
  const chosen = () => candidates.filter((_, k) => boxes[k]!.checked);
  form.onchange = () => {
    open.disabled = chosen().length === 0;
  };
  open.disabled = false;
  byId('candidates').replaceChildren(...choices);
  form.hidden = false;
  boxes.find(({ checked }) => checked)?.focus();
  return new Promise((resolve) => {
    const close = (taken: readonly Candidate[]) => {
      form.hidden = true;
      form.onsubmit = null;
      byId('choice-cancel').onclick = null;
      resolve(taken);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      close(chosen());
    };
    byId('choice-cancel').onclick = () => close([]);
  });
}
