/** What tests ask of surfaces: how they hang together, and what another program reads from their files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runPython } from '../../../../test/python-oracle.ts';
import type { Vec3 } from '../volume/volume.ts';
import type { Surface } from './surface.ts';

/** Vertices, edges and triangles counted, by naive bookkeeping. */
export interface Topology {
  /** Vertices - edges + triangles. */
  readonly eulerCharacteristic: number;
  /** Separate parts of the surface. */
  readonly parts: number;
  /** Edges that do not join two triangles running along them in opposite directions. */
  readonly badEdges: number;
  /** Vertices whose triangles are not one closed ring. */
  readonly badVertices: number;
}

/** Takes a surface apart; every vertex must belong to some triangle to count as good. */
export function topologyOf({ positions, triangles }: Surface): Topology {
  const vertices = positions.length / 3;
  const edges = new Map<string, number>();
  const next: Map<number, number>[] = Array.from({ length: vertices }, () => new Map());
  const root = Array.from({ length: vertices }, (_, v) => v);
  const find = (v: number): number => (root[v] === v ? v : find(root[v]!));
  for (let at = 0; at < triangles.length; at += 3) {
    for (let k = 0; k < 3; k++) {
      const [a, b, c] = [0, 1, 2].map((corner) => triangles[at + ((k + corner) % 3)]!) as unknown as Vec3;
      edges.set(`${a} ${b}`, (edges.get(`${a} ${b}`) ?? 0) + 1);
      next[a]!.set(b, c);
      root[find(a)] = find(b);
    }
  }
  const directed = [...edges];
  const reverse = (edge: string) => edge.split(' ').reverse().join(' ');
  const badEdges = directed.filter(([edge, count]) => count !== 1 || edges.get(reverse(edge)) !== 1);
  const badVertices = next.filter((around) => {
    const first = around.keys().next().value;
    if (first === undefined) return true;
    let steps = 0;
    let at: number | undefined = first;
    do at = around.get(at!);
    while (++steps < around.size && at !== first && at !== undefined);
    return at !== first || steps !== around.size;
  });
  return {
    eulerCharacteristic: vertices - directed.length / 2 + triangles.length / 3,
    parts: new Set(root.map((_, v) => find(v))).size,
    badEdges: badEdges.length,
    badVertices: badVertices.length,
  };
}

/** The numbers that a Python script prints as JSON after reading a file with these bytes. */
export function readByPython<T>(bytes: Uint8Array, script: string): T {
  const folder = mkdtempSync(join(tmpdir(), 'ventriseg-mesh-'));
  try {
    const file = join(folder, 'mesh');
    writeFileSync(file, bytes);
    return JSON.parse(runPython(script, [file])) as T;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
