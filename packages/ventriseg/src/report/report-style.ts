/** How reports look: light and dark on screen as the reader has it, black on white on paper. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#ffffff, #15181d);
  --text: light-dark(#1a1d21, #e8eaed);
  --faint: light-dark(#4d555f, #b3bac4);
  --line: light-dark(#c4c9d0, #424a55);
  --panel: light-dark(#f2f4f6, #1f242b);
  --error: light-dark(#a1161b, #ffb0ae);
  --warning: light-dark(#7a4a00, #ffcf86);
  font: 16px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 64rem; background: var(--ground); color: var(--text); }
h1 { margin: 0; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 1.8rem 0 .5rem; font-size: 1.2rem; border-bottom: 1px solid var(--line); }
h3 { margin: 1rem 0 .3rem; font-size: 1rem; }
p { margin: .3rem 0; }
code { font: .85em ui-monospace, "Cascadia Mono", Menlo, Consolas, "Liberation Mono", monospace; }
.notice, .note { color: var(--faint); }
.note { font-size: .875rem; }
.unusable { font-weight: 700; color: var(--error); }
.findings { list-style: none; margin: 0; padding: 0; }
main { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 2rem; }
section { grid-column: 1 / -1; }
.half { grid-column: auto; }
.tall { grid-row: span 2; }
.findings li { margin: .5rem 0; padding: .4rem .8rem; background: var(--panel); border-left: .3rem solid; }
.findings li p { color: var(--text); }
.findings strong { text-transform: uppercase; font-size: .8rem; letter-spacing: .04em; }
.findings .error { border-color: var(--error); }
.findings .warning { border-color: var(--warning); }
.error strong { color: var(--error); }
.warning strong { color: var(--warning); }
table { border-collapse: collapse; margin: .5rem 0; width: 100%; }
caption { text-align: left; font-weight: 600; padding: .2rem 0; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 400; }
th:first-child { padding-left: 0; }
thead th { color: var(--faint); font-size: .875rem; white-space: nowrap; }
.numbers td, .numbers thead th + th { text-align: right; font-variant-numeric: tabular-nums; padding-right: 0; }
.numbers td { white-space: nowrap; }
.sum > * { font-weight: 600; }
.properties { font-size: .9rem; }
.properties th { width: 12rem; color: var(--faint); }
.properties td { overflow-wrap: anywhere; }
.swatch { width: .8em; height: .8em; border: 1px solid var(--line); }
.planes, .slices { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem; margin: .6rem 0; }
figure { margin: 0; }
.chart { display: block; width: 100%; max-width: 40rem; height: auto; margin: .5rem 0; }
.chart text { font-size: 12px; fill: var(--faint); }
.chart .grid { stroke: var(--line); stroke-width: .5; }
.chart .line { fill: none; stroke: var(--text); }
.chart .bar { stroke: var(--text); stroke-width: 2; }
.chart .point, .chart .value { fill: var(--text); }
.chart .band { fill: var(--line); opacity: .6; }
.chart .mean { stroke: var(--faint); }
.chart .limit { stroke: var(--warning); stroke-width: 2; stroke-dasharray: 4 3; }
img { display: block; width: 100%; height: auto; background: #000; }
figcaption { font-size: .875rem; color: var(--faint); text-align: center; }
@media (max-width: 40rem) {
  body { padding: 1rem; }
  main { display: block; }
  .planes, .slices { grid-template-columns: 1fr; }
  .properties th { width: 8rem; }
}
@page { margin: 13mm 15mm; }
@media print {
  :root {
    color-scheme: light;
    font-size: 9.5pt;
    --ground: #fff;
    --text: #000;
    --faint: #000;
    --panel: #fff;
    --line: #888;
    --error: #000;
    --warning: #000;
  }
  body { padding: 0; max-width: none; }
  h2 { margin: .8rem 0 .3rem; }
  h2, h3, caption { break-after: avoid; }
  table, figure, li, .chart, .pictures { break-inside: avoid; }
  th, td { padding-block: .1rem; }
  .planes, .slices { max-width: 130mm; margin-inline: auto; }
  .measured, .surfaces figure { max-width: 150mm; margin-inline: auto; }
  .measured figcaption { margin-top: .25rem; font-size: .8rem; line-height: 1.25; }
  .slices figcaption { font-size: .75rem; }
  .slices { grid-template-columns: repeat(6, 1fr); gap: .3rem; }
}
`;
