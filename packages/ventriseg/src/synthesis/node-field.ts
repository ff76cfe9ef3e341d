/**
 * Smooth fields on the 256 mm cube, kept as values at nodes 4 mm apart and read between them linearly: fine
 * enough for deformations and bias fields, and 60 times less to compute than a value a voxel.
 *
 * Smooth random fields are cubic B-splines with random coefficients, so that their first two derivatives are
 * continuous and no control point shows.
 */
import type { SeededRandom } from 'onnx-autograd';

/** Distance of the nodes in mm, which are voxels here. */
export const nodeSpacingMm = 4;
/** Nodes along each side; the first at 0, the last at 256 mm. */
export const nodeCount = 65;

/** Values at the nodes, x-fastest. */
export type NodeField = Float32Array;

/**
 * A smooth random field with mean 0.
 *
 * @param spacingMm Distance of the spline's control points: features are about this large.
 * @param sd Standard deviation of its values.
 */
export function smoothRandomField(random: SeededRandom, spacingMm: number, sd: number): NodeField {
  const controls = Math.ceil(((nodeCount - 1) * nodeSpacingMm) / spacingMm) + 4;
  const { first, weights } = splineTaps(spacingMm);
  let field = new Float32Array(controls ** 3);
  // Between control points the variance is less than at them; 0.479 is its mean share along one axis.
  const coefficient = sd / 0.479 ** 1.5;
  for (let i = 0; i < field.length; i++) field[i] = coefficient * random.normal();
  let inner = 1;
  for (let axis = 0; axis < 3; axis++) {
    const outer = field.length / (inner * controls);
    const next = new Float32Array(outer * nodeCount * inner);
    for (let o = 0; o < outer; o++) {
      for (let n = 0; n < nodeCount; n++) {
        const from = (o * controls + first[n]!) * inner;
        const to = (o * nodeCount + n) * inner;
        const w0 = weights[4 * n]!;
        const w1 = weights[4 * n + 1]!;
        const w2 = weights[4 * n + 2]!;
        const w3 = weights[4 * n + 3]!;
        for (let i = 0; i < inner; i++) {
          next[to + i] =
            w0 * field[from + i]! +
            w1 * field[from + inner + i]! +
            w2 * field[from + 2 * inner + i]! +
            w3 * field[from + 3 * inner + i]!;
        }
      }
    }
    field = next;
    inner *= nodeCount;
  }
  return field;
}

/** Independent normal values at the nodes: a texture with grains of about 4 mm. */
export function grainField(random: SeededRandom): NodeField {
  const field = new Float32Array(nodeCount ** 3);
  for (let i = 0; i < field.length; i++) field[i] = random.normal();
  return field;
}

/**
 * The field along one line in x: `row` gets its values at the line's 65 node positions.
 *
 * @param y, z The line's place in mm, 0 to 256.
 */
export function readNodeRow(field: NodeField, y: number, z: number, row: Float32Array): void {
  const u = Math.min(Math.max(y / nodeSpacingMm, 0), nodeCount - 1.001);
  const v = Math.min(Math.max(z / nodeSpacingMm, 0), nodeCount - 1.001);
  const j = Math.floor(u);
  const k = Math.floor(v);
  const b = u - j;
  const d = v - k;
  const w00 = (1 - b) * (1 - d);
  const w10 = b * (1 - d);
  const w01 = (1 - b) * d;
  const w11 = b * d;
  const near = nodeCount * (j + nodeCount * k);
  const far = near + nodeCount * nodeCount;
  for (let i = 0; i < nodeCount; i++) {
    row[i] =
      w00 * field[near + i]! +
      w10 * field[near + nodeCount + i]! +
      w01 * field[far + i]! +
      w11 * field[far + nodeCount + i]!;
  }
}

/** The value on a row read by `readNodeRow`, so far (0 to 1) from node `n` to the next. */
export function betweenNodes(row: Float32Array, n: number, part: number): number {
  return row[n]! + part * (row[n + 1]! - row[n]!);
}

/** First control point and the four B-spline weights of each node. */
function splineTaps(spacingMm: number): { first: Int32Array; weights: Float64Array } {
  const first = new Int32Array(nodeCount);
  const weights = new Float64Array(4 * nodeCount);
  for (let n = 0; n < nodeCount; n++) {
    const position = (n * nodeSpacingMm) / spacingMm;
    const t = position - Math.floor(position);
    first[n] = Math.floor(position);
    weights[4 * n] = (1 - t) ** 3 / 6;
    weights[4 * n + 1] = (3 * t ** 3 - 6 * t ** 2 + 4) / 6;
    weights[4 * n + 2] = (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6;
    weights[4 * n + 3] = t ** 3 / 6;
  }
  return { first, weights };
}
