/**
 * The frame of every report: one HTML file that opens from disk and prints, with nothing fetched and nothing run. Its
 * policy forbids both to browsers, whatever the scan's names may hold.
 */
import { type Html, type HtmlPart, html, styleElement } from './html.ts';
import { reportStyle } from './report-style.ts';

const policy =
  "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
const notMedical = 'Not a medical device: for research, not for diagnosis or treatment.';

export interface DocumentParts {
  /** Title and heading. */
  readonly title: string;
  readonly software: { readonly name: string; readonly version: string };
  /** Lines below the heading. */
  readonly intro: HtmlPart;
  readonly sections: readonly (Html | undefined)[];
}

/** The whole document. */
export function reportDocument({ title, software, intro, sections }: DocumentParts): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="${software.name} ${software.version}">
<title>${title}</title>
${styleElement(reportStyle)}
</head>
<body>
<header>
<h1>${title}</h1>
${intro}
<p class="notice">${notMedical}</p>
</header>
<main>
${sections}
</main>
</body>
</html>
`.markup;
}
