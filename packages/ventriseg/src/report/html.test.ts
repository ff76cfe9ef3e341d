import fc from 'fast-check';
import { expect, test } from 'vitest';
import { html } from './html.ts';

test('text and numbers become text, whatever they hold; markup stays', () => {
  const part = html`<b title="${'"quoted" & \'so\''}">${'<i>'}</b>`;
  expect(html`<p>${part}, ${3}${undefined}${[' a', html`<br>`, ['<']]}</p>`.markup).toBe(
    '<p><b title="&quot;quoted&quot; &amp; &#39;so&#39;">&lt;i&gt;</b>, 3 a<br>&lt;</p>',
  );
});

test('no text can leave its place', () => {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'=/; ax', '&lt;', '<!--') }), (text) => {
      const { markup } = html`${text}`;
      expect(markup).not.toMatch(/[<>"']/);
      expect(markup.replace(/&(#?\w+);/g, (_, name) => names[name]!)).toBe(text);
    }),
  );
});
