/** The tabs: one panel is shown at a time, and told so by an event `shown`; arrow keys walk between the tabs. */
import { byId } from './dom.ts';

export const tabs = ['segment', 'compare', 'train'] as const;
export type Tab = (typeof tabs)[number];

export function listenToTabs(): void {
  for (const [k, tab] of tabs.entries()) {
    const button = byId(`tab-${tab}`);
    button.addEventListener('click', () => showTab(tab));
    button.addEventListener('keydown', ({ key }) => {
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      const step = key === 'ArrowRight' ? 1 : tabs.length - 1;
      const other = tabs[(k + step) % tabs.length]!;
      showTab(other);
      byId(`tab-${other}`).focus();
    });
  }
}

export function showTab(shown: Tab): void {
  for (const tab of tabs) {
    byId(tab).hidden = tab !== shown;
    const button = byId(`tab-${tab}`);
    button.setAttribute('aria-selected', String(tab === shown));
    button.tabIndex = tab === shown ? 0 : -1;
  }
  byId(shown).dispatchEvent(new Event('shown'));
}

export function shownTab(): Tab {
  return tabs.find((tab) => !byId(tab).hidden) ?? 'segment';
}
