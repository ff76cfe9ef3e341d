/**
 * Surfaces as a shaded picture, drawn in software: the same in Node and in every browser.
 *
 * Orthographic projection, a z-buffer, and Lambert's law for two lights that stand with the viewer: a main one from
 * the upper left and a weaker one from where the viewer is. Brightness is found at the vertices and interpolated
 * across triangles, which are about as small as pixels. Each pixel is the mean of several samples, which smooths edges.
 */
import { type ColouredSurface, dot, unit, type Vec3, vertexNormals } from '@ventriseg/imaging';
import { blankPicture } from '../pictures/drawing.ts';
import type { Picture, Rgb } from '../pictures/index.ts';
import type { ViewAxes } from './surface-view.ts';

/** Samples along each side of a pixel. */
const samplesPerSide = 2;

/** Where the main light is (to the right, up, towards the viewer) and how bright. */
const mainLight = { direction: unit([-0.45, 0.6, 0.7]), brightness: 0.85 };
/** The light from where the viewer is, and that from everywhere. */
const viewerBrightness = 0.25;
const ambient = 0.25;

export interface RenderOptions {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly axes: ViewAxes;
  /** Point in world RAS mm that is shown in the middle of the picture. */
  readonly centre: Vec3;
  readonly mmPerPixel: number;
  readonly background: Rgb;
}

/** Samples before they are averaged. */
interface Samples {
  readonly width: number;
  readonly height: number;
  /** RGB; without meaning where there is background. */
  readonly colours: Uint8ClampedArray;
  /** How near what is shown is, in mm towards the viewer; -Infinity where there is background. */
  readonly nearness: Float32Array;
}

/** The surfaces as seen by a viewer far away; what does not fit the picture is cut off. */
export function renderSurfaces(surfaces: readonly ColouredSurface[], options: RenderOptions): Picture {
  const samples = emptySamples(options.width * samplesPerSide, options.height * samplesPerSide);
  for (const surface of surfaces) {
    const vertices = project(surface, options);
    const { triangles, colour } = surface;
    for (let at = 0; at < triangles.length; at += 3) {
      const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
      drawTriangle(samples, vertices, a, b, c, colour);
    }
  }
  return averaged(samples, options);
}

function emptySamples(width: number, height: number): Samples {
  const nearness = new Float32Array(width * height).fill(-Infinity);
  return { width, height, colours: new Uint8ClampedArray(width * height * 3), nearness };
}

/** Vertices in the frame of the picture. */
interface ProjectedVertices {
  /** Columns and rows in samples, from the top left corner of the picture. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  /** Distance towards the viewer, mm. */
  readonly nearness: Float64Array;
  /** Factor of the surface's colour. */
  readonly brightness: Float64Array;
}

function project(surface: ColouredSurface, options: RenderOptions): ProjectedVertices {
  const { positions } = surface;
  const { axes, centre, width, height } = options;
  const samplesPerMm = samplesPerSide / options.mmPerPixel;
  const worldNormals = vertexNormals(surface);
  const count = positions.length / 3;
  const columns = new Float64Array(count);
  const rows = new Float64Array(count);
  const nearness = new Float64Array(count);
  const light = new Float64Array(count);
  for (let v = 0; v < count; v++) {
    const at = 3 * v;
    const place: Vec3 = [
      positions[at]! - centre[0],
      positions[at + 1]! - centre[1],
      positions[at + 2]! - centre[2],
    ];
    columns[v] = (width * samplesPerSide) / 2 + dot(place, axes.right) * samplesPerMm;
    rows[v] = (height * samplesPerSide) / 2 - dot(place, axes.up) * samplesPerMm;
    nearness[v] = dot(place, axes.towards);
    const normal: Vec3 = [worldNormals[at]!, worldNormals[at + 1]!, worldNormals[at + 2]!];
    light[v] = brightness(dot(normal, axes.right), dot(normal, axes.up), dot(normal, axes.towards));
  }
  return { columns, rows, nearness, brightness: light };
}

/** Draws the samples whose middle the triangle covers and that nothing nearer covers. */
function drawTriangle(
  samples: Samples,
  { columns, rows, nearness, brightness: light }: ProjectedVertices,
  a: number,
  b: number,
  c: number,
  colour: Rgb,
): void {
  const [xa, xb, xc] = [columns[a]!, columns[b]!, columns[c]!];
  const [ya, yb, yc] = [rows[a]!, rows[b]!, rows[c]!];
  // Twice the area; rows run downwards, so it is negative for triangles that face the viewer.
  const area = (xb - xa) * (yc - ya) - (xc - xa) * (yb - ya);
  if (area >= 0) return;
  const left = Math.max(0, Math.ceil(Math.min(xa, xb, xc) - 0.5));
  const right = Math.min(samples.width - 1, Math.floor(Math.max(xa, xb, xc) - 0.5));
  const top = Math.max(0, Math.ceil(Math.min(ya, yb, yc) - 0.5));
  const bottom = Math.min(samples.height - 1, Math.floor(Math.max(ya, yb, yc) - 0.5));
  // The share of each corner at a sample grows evenly along a row.
  const stepA = (yb - yc) / area;
  const stepB = (yc - ya) / area;
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5;
    let ofA = ((xb - left - 0.5) * (yc - y) - (xc - left - 0.5) * (yb - y)) / area;
    let ofB = ((xc - left - 0.5) * (ya - y) - (xa - left - 0.5) * (yc - y)) / area;
    for (let column = left; column <= right; column++, ofA += stepA, ofB += stepB) {
      const ofC = 1 - ofA - ofB;
      if (ofA < 0 || ofB < 0 || ofC < 0) continue;
      const near = ofA * nearness[a]! + ofB * nearness[b]! + ofC * nearness[c]!;
      const at = row * samples.width + column;
      if (near <= samples.nearness[at]!) continue;
      samples.nearness[at] = near;
      const factor = ofA * light[a]! + ofB * light[b]! + ofC * light[c]!;
      for (let d = 0; d < 3; d++) samples.colours[3 * at + d] = colour[d]! * factor;
    }
  }
}

/** Lambert's law for a unit normal: light falls off with the cosine between it and the light, and none comes from behind. */
function brightness(right: number, up: number, towards: number): number {
  const [x, y, z] = mainLight.direction;
  const fromMain = Math.max(0, right * x + up * y + towards * z);
  return ambient + mainLight.brightness * fromMain + viewerBrightness * Math.max(0, towards);
}

/** The mean of the samples of each pixel. */
function averaged(
  { width: sampleColumns, colours, nearness }: Samples,
  { width, height, background }: RenderOptions,
): Picture {
  const picture = blankPicture(width, height, background);
  const perPixel = samplesPerSide ** 2;
  const steps = Int32Array.from(
    { length: perPixel },
    (_, n) => Math.floor(n / samplesPerSide) * sampleColumns + (n % samplesPerSide),
  );
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0; column < width; column++, to += 3) {
      const first = row * samplesPerSide * sampleColumns + column * samplesPerSide;
      let empty = 0;
      for (let n = 0; n < perPixel; n++) if (nearness[first + steps[n]!] === -Infinity) empty++;
      if (empty === perPixel) continue;
      for (let d = 0; d < 3; d++) {
        let sum = empty * background[d]!;
        for (let n = 0; n < perPixel; n++) {
          const at = first + steps[n]!;
          if (nearness[at] !== -Infinity) sum += colours[3 * at + d]!;
        }
        picture.data[to + d] = Math.round(sum / perPixel);
      }
    }
  }
  return picture;
}
