/**
 * Surfaces as a shaded picture, drawn in software: the same in Node and in every browser.
 *
 * Orthographic projection, a z-buffer, normals interpolated across triangles, and Lambert's law for two lights
 * that stand with the viewer: a main one from the upper left and a weaker one from where the viewer is. Each
 * pixel is the mean of several samples, which smooths edges.
 */
import { type ColouredSurface, dot, unit, type Vec3, vertexNormals } from '@ventriseg/imaging';
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

/** Samples before they are averaged: RGB, and how near each is, in mm towards the viewer. */
interface Samples {
  readonly width: number;
  readonly height: number;
  readonly colours: Uint8ClampedArray;
  readonly nearness: Float32Array;
}

/** The surfaces as seen by a viewer far away; what does not fit the picture is cut off. */
export function renderSurfaces(surfaces: readonly ColouredSurface[], options: RenderOptions): Picture {
  const { width, height, background } = options;
  const samples = emptySamples(width * samplesPerSide, height * samplesPerSide, background);
  for (const surface of surfaces) {
    const vertices = project(surface, options);
    const { triangles, colour } = surface;
    for (let at = 0; at < triangles.length; at += 3) {
      const [a, b, c] = [triangles[at]!, triangles[at + 1]!, triangles[at + 2]!];
      drawTriangle(samples, vertices, a, b, c, colour);
    }
  }
  return averaged(samples, width, height);
}

function emptySamples(width: number, height: number, background: Rgb): Samples {
  const colours = new Uint8ClampedArray(width * height * 3);
  for (let at = 0; at < colours.length; at++) colours[at] = background[at % 3]!;
  return { width, height, colours, nearness: new Float32Array(width * height).fill(-Infinity) };
}

/** Vertices in the frame of the picture. */
interface ProjectedVertices {
  /** Columns and rows in samples, from the top left corner of the picture. */
  readonly columns: Float64Array;
  readonly rows: Float64Array;
  /** Distance towards the viewer, mm. */
  readonly nearness: Float64Array;
  /** Unit normals: to the right, up, towards the viewer. */
  readonly normals: Float64Array;
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
  const normals = new Float64Array(3 * count);
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
    normals.set([dot(normal, axes.right), dot(normal, axes.up), dot(normal, axes.towards)], at);
  }
  return { columns, rows, nearness, normals };
}

/** Draws the samples whose middle the triangle covers and that nothing nearer covers. */
function drawTriangle(
  samples: Samples,
  { columns, rows, nearness, normals }: ProjectedVertices,
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
  for (let row = top; row <= bottom; row++) {
    const y = row + 0.5;
    for (let column = left; column <= right; column++) {
      const x = column + 0.5;
      const ofA = ((xb - x) * (yc - y) - (xc - x) * (yb - y)) / area;
      const ofB = ((xc - x) * (ya - y) - (xa - x) * (yc - y)) / area;
      const ofC = 1 - ofA - ofB;
      if (ofA < 0 || ofB < 0 || ofC < 0) continue;
      const near = ofA * nearness[a]! + ofB * nearness[b]! + ofC * nearness[c]!;
      const at = row * samples.width + column;
      if (near <= samples.nearness[at]!) continue;
      samples.nearness[at] = near;
      const light = brightness(
        ofA * normals[3 * a]! + ofB * normals[3 * b]! + ofC * normals[3 * c]!,
        ofA * normals[3 * a + 1]! + ofB * normals[3 * b + 1]! + ofC * normals[3 * c + 1]!,
        ofA * normals[3 * a + 2]! + ofB * normals[3 * b + 2]! + ofC * normals[3 * c + 2]!,
      );
      for (let d = 0; d < 3; d++) samples.colours[3 * at + d] = colour[d]! * light;
    }
  }
}

/**
 * Lambert's law for a normal of any length: light falls off with the cosine between normal and light, and none
 * comes from behind.
 */
function brightness(right: number, up: number, towards: number): number {
  const length = Math.sqrt(right * right + up * up + towards * towards) || 1;
  const [x, y, z] = mainLight.direction;
  const fromMain = Math.max(0, right * x + up * y + towards * z);
  const fromViewer = Math.max(0, towards);
  return ambient + (mainLight.brightness * fromMain + viewerBrightness * fromViewer) / length;
}

function averaged({ width: sampleColumns, colours }: Samples, width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let d = 0; d < 3; d++) {
        let sum = 0;
        for (let y = 0; y < samplesPerSide; y++) {
          const from = (row * samplesPerSide + y) * sampleColumns + column * samplesPerSide;
          for (let x = 0; x < samplesPerSide; x++) sum += colours[3 * (from + x) + d]!;
        }
        data[3 * (row * width + column) + d] = Math.round(sum / samplesPerSide ** 2);
      }
    }
  }
  return { width, height, data, channels: 3 };
}
