/** Lets the user choose one of several scans; the one that the library would take is chosen beforehand. */
import type { Candidate } from '../engine/protocol.ts';
import { byId, element } from './dom.ts';

/** @returns undefined when the user cancels */
export function chooseCandidate(candidates: readonly Candidate[]): Promise<Candidate | undefined> {
  const form = byId<HTMLFormElement>('choice');
  const first = Math.max(
    0,
    candidates.findIndex(({ recommended }) => recommended),
  );
  const choices = candidates.map(({ title, detail, recommended }, k) => {
    const input = element('input', { type: 'radio', name: 'candidate', value: String(k) });
    input.checked = k === first;
    const about = recommended ? `suits best: ${detail}` : detail;
    return element('label', {}, input, ` ${title}`, element('span', { class: 'detail' }, about));
  });
  byId('candidates').replaceChildren(...choices);
  form.hidden = false;
  form.querySelector<HTMLInputElement>('input:checked')?.focus();
  return new Promise((resolve) => {
    const close = (candidate: Candidate | undefined) => {
      form.hidden = true;
      form.onsubmit = null;
      byId('choice-cancel').onclick = null;
      resolve(candidate);
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      const checked = form.querySelector<HTMLInputElement>('input:checked');
      close(checked === null ? undefined : candidates[Number(checked.value)]);
    };
    byId('choice-cancel').onclick = () => close(undefined);
  });
}
