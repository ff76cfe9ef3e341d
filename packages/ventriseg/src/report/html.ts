/**
 * HTML as a tagged template that escapes whatever is put into it, so that no name of a file and no text of a
 * DICOM header can become markup.
 */

/** Markup; made by `html` and `styleElement` alone. */
export interface Html {
  readonly markup: string;
}

/** What a template takes: text and numbers are escaped, markup is kept, lists are joined, undefined is nothing. */
export type HtmlPart = string | number | Html | undefined | readonly HtmlPart[];

/**
 * Markup with the parts in their places. Attributes must stand in double quotes.
 *
 * @example html`<td title="${path}">${name}</td>`
 */
export function html(literals: TemplateStringsArray, ...parts: readonly HtmlPart[]): Html {
  return { markup: literals.map((literal, k) => literal + markupOf(parts[k])).join('') };
}

/** A style element. Its content is not escaped: it may only be a constant of the program. */
export function styleElement(css: string): Html {
  return { markup: `<style>${css}</style>` };
}

function markupOf(part: HtmlPart): string {
  if (part === undefined) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  return 'markup' in part ? part.markup : part.map(markupOf).join('');
}

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => references[character]!);
}
