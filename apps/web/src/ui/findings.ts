/** Doubts of the automatic checks, as a list. */
import { element } from './dom.ts';

export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
}

/** @param about whom or what to do, after the message */
export function findingItem({ severity, code, message }: Finding, about = ''): HTMLLIElement {
  return element('li', { class: severity }, element('strong', {}, code), ` ${message}${about}`);
}
