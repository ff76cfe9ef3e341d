/** A live line chart: one line a series over a common horizontal axis, points added as they come. */
import uPlot from 'uplot';

const colours = ['#2f7ed8', '#e0792b', '#3a9d5d', '#b34fb3', '#c9403d', '#8a7a2b'];
const height = 210;

export class Curves {
  private readonly host: HTMLElement;
  private readonly names: readonly string[];
  private readonly plot: uPlot;
  private readonly x: number[] = [];
  private readonly ys: (number | null)[][];

  /**
   * @param host emptied; its text colour is that of the axes
   * @param range least and greatest value shown; those of the points when left out
   */
  constructor(host: HTMLElement, xTitle: string, names: readonly string[], range?: [number, number]) {
    this.host = host;
    this.names = names;
    this.ys = names.map(() => []);
    host.replaceChildren();
    host.setAttribute('role', 'img');
    const stroke = () => getComputedStyle(host).color;
    const grid = { stroke: () => getComputedStyle(host).borderTopColor, width: 1 };
    this.plot = new uPlot(
      {
        width: Math.max(host.clientWidth, 200),
        height,
        cursor: { drag: { x: false, y: false } },
        legend: { live: false },
        scales: { x: { time: false }, y: range === undefined ? {} : { range } },
        axes: [
          { label: xTitle, stroke, grid, ticks: grid, labelSize: 20, size: 34 },
          { stroke, grid, ticks: grid },
        ],
        series: [
          { label: xTitle },
          ...names.map((label, k) => ({
            label,
            stroke: colours[k % colours.length]!,
            width: 2,
            spanGaps: true,
          })),
        ],
      },
      this.data(),
      host,
    );
    new ResizeObserver(() => {
      if (host.clientWidth > 0) this.plot.setSize({ width: host.clientWidth, height });
    }).observe(host);
    // The axes take the colours of the theme.
    new MutationObserver(() => this.plot.redraw()).observe(document.documentElement, { attributes: true });
  }

  /** Adds values at x, which must not be below the last one; series without a value are left out. */
  add(x: number, values: Readonly<Record<string, number>>): void {
    if (this.x.at(-1) !== x) {
      this.x.push(x);
      for (const line of this.ys) line.push(null);
    }
    this.names.forEach((name, k) => {
      const value = values[name];
      if (value !== undefined && Number.isFinite(value)) this.ys[k]![this.x.length - 1] = value;
    });
    this.plot.setData(this.data());
    this.host.setAttribute('aria-label', this.inWords());
  }

  private data(): uPlot.AlignedData {
    return [this.x, ...this.ys];
  }

  private inWords(): string {
    const last = this.names.map((name, k) => {
      const value = this.ys[k]!.findLast((y) => y !== null);
      return `${name} ${value?.toFixed(3) ?? 'not yet known'}`;
    });
    return `Now ${last.join(', ')}`;
  }
}
