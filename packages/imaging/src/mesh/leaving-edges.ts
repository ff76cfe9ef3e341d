/** The edges of polygons by the vertex that they leave. */

/** Ends of the edges that leave vertex v: `ends[start[v]]` to `ends[start[v + 1] - 1]`. */
export interface LeavingEdges {
  readonly start: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * @param polygons vertex numbers, `corners` a polygon; its edges run from each to the next and back to the first
 * @param vertices how many there are
 */
export function leavingEdges(polygons: Uint32Array, corners: 3 | 4, vertices: number): LeavingEdges {
  const start = new Uint32Array(vertices + 1);
  for (const vertex of polygons) start[vertex + 1]!++;
  for (let v = 0; v < vertices; v++) start[v + 1]! += start[v]!;
  const next = start.slice();
  const ends = new Uint32Array(polygons.length);
  for (let at = 0; at < polygons.length; at++) {
    ends[next[polygons[at]!]!++] = polygons[edgeEnd(at, corners)]!;
  }
  return { start, ends };
}

/** Where in the polygons the end of the edge is that leaves the vertex at a place. */
export function edgeEnd(at: number, corners: 3 | 4): number {
  return at % corners === corners - 1 ? at - corners + 1 : at + 1;
}
