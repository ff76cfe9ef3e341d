/** A drawing as SVG. */
import type { Drawing, Point, Shape } from './drawing.ts';

export function toSvg({ width, height, description, shapes }: Drawing): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(description)}" font-family="sans-serif">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    ...shapes.map(element),
    '</svg>\n',
  ].join('\n');
}

function element(shape: Shape): string {
  const colour = `rgb(${shape.colour.join(',')})`;
  switch (shape.kind) {
    case 'line': {
      const dash = shape.dash === undefined ? '' : ` stroke-dasharray="${shape.dash.join(' ')}"`;
      return `<polyline points="${list(shape.points)}" fill="none" stroke="${colour}" stroke-width="${shape.width}" stroke-linejoin="round"${dash}/>`;
    }
    case 'area':
      return `<polygon points="${list(shape.points)}" fill="${colour}" fill-opacity="${shape.opacity}"/>`;
    case 'text': {
      const [x, y] = shape.at.map(short);
      return `<text x="${x}" y="${y}" text-anchor="${shape.anchor}" font-size="${shape.size}" fill="${colour}">${escapeXml(shape.text)}</text>`;
    }
  }
}

function list(points: readonly Point[]): string {
  return points.map((point) => point.map(short).join(',')).join(' ');
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

function escapeXml(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
