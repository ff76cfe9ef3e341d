/** Light and dark: as the system has it until the button is pressed, then as it was left. */
import { byId } from './dom.ts';

const key = 'ventriseg-theme';

export function listenToTheme(): void {
  const button = byId<HTMLButtonElement>('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const isDark = () => (localStorage.getItem(key) ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => {
    const stored = localStorage.getItem(key);
    if (stored !== null) document.documentElement.dataset.theme = stored;
    button.setAttribute('aria-pressed', String(isDark()));
  };
  button.addEventListener('click', () => {
    localStorage.setItem(key, isDark() ? 'light' : 'dark');
    show();
  });
  system.addEventListener('change', show);
  show();
}
