/** The two tabs: one panel is shown at a time; arrow keys walk between the tabs. */
import { byId } from './dom.ts';

export const tabs = ['segment', 'train'] as const;
export type Tab = (typeof tabs)[number];

export function listenToTabs(): void {
  for (const [k, tab] of tabs.entries()) {
    const button = byId(`tab-${tab}`);
    button.addEventListener('click', () => showTab(tab));
    button.addEventListener('keydown', ({ key }) => {
      if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
      const other = tabs[(k + 1) % tabs.length]!;
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
}

export function shownTab(): Tab {
  return tabs.find((tab) => !byId(tab).hidden) ?? 'segment';
}
