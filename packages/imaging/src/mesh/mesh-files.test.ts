/** STL and PLY files, taken apart byte by byte with numpy. */
import { expect, test } from 'vitest';
import { testWithPython } from '../../../../test/python-oracle.ts';
import { randomMask } from '../morphology/masks.test-helper.ts';
import { type ColouredSurface, encodePly } from './encode-ply.ts';
import { encodeStl } from './encode-stl.ts';
import { extractSurface } from './extract-surface.ts';
import { measureSurface } from './measure-surface.ts';
import { readByPython } from './meshes.test-helper.ts';

const first: ColouredSurface = {
  ...extractSurface(randomMask([5, 6, 7], 0.5, 1, [0.9, 0.9, 1.2])),
  title: 'left lateral ventricle',
  colour: [120, 18, 134],
};
const second: ColouredSurface = {
  ...extractSurface(randomMask([4, 3, 5], 0.5, 2)),
  title: 'fourth ventricle',
  colour: [42, 204, 164],
};
const countOf = ({ positions, triangles }: ColouredSurface) => [positions.length / 3, triangles.length / 3];

/** Enclosed volume in mL and how far the stored normals are from those of the corners. */
const readStl = `
import sys, json, numpy as np
raw = open(sys.argv[1], 'rb').read()
dtype = np.dtype([('normal', '<f4', 3), ('corners', '<f4', (3, 3)), ('attribute', '<u2')])
assert dtype.itemsize == 50
count = int(np.frombuffer(raw, '<u4', 1, 80)[0])
assert len(raw) == 84 + 50 * count
t = np.frombuffer(raw, dtype, count, 84)
a, b, c = (t['corners'][:, k].astype(float) for k in range(3))
cross = np.cross(b - a, c - a)
length = np.linalg.norm(cross, axis=1, keepdims=True)
normal = np.where(length > 0, cross / np.where(length > 0, length, 1), 0)
sound = length[:, 0] > 1e-3
print(json.dumps(dict(header=raw[:80].decode('ascii'), count=count, attributes=int(t['attribute'].max()),
  volume=float((a * np.cross(b, c)).sum() / 6000), error=float(abs(normal - t['normal'])[sound].max()))))
`;

testWithPython('binary STL holds all triangles with outward normals', ['numpy'], () => {
  const stl = encodeStl([first, second]);
  const read = readByPython<{ header: string; volume: number; error: number }>(stl, readStl);
  expect(read).toMatchObject({ count: countOf(first)[1]! + countOf(second)[1]!, attributes: 0 });
  expect(read.header).toMatch(/^Binary STL; UNITS=mm; SPACE=RAS;/);
  expect(read.error).toBeLessThan(1e-3);
  expect(read.volume).toBeCloseTo(measureSurface(first).volumeMl + measureSurface(second).volumeMl, 6);
});

const readPly = `
import sys, json, numpy as np
raw = open(sys.argv[1], 'rb').read()
head, body = raw.split(b'end_header\\n', 1)
lines = head.decode('ascii').splitlines()
n, m = (int(l.split()[2]) for l in lines if l.startswith('element'))
v = np.dtype([('place', '<f4', 3), ('colour', 'u1', 3)])
f = np.dtype([('corners', 'u1'), ('vertices', '<i4', 3)])
assert len(body) == n * v.itemsize + m * f.itemsize
vertices = np.frombuffer(body, v, n)
faces = np.frombuffer(body, f, m, n * v.itemsize)
assert (faces['corners'] == 3).all()
print(json.dumps(dict(lines=lines, places=vertices['place'].ravel().tolist(),
  colours=vertices['colour'].tolist(), triangles=faces['vertices'].ravel().tolist())))
`;

testWithPython('binary PLY holds the surfaces one after the other, with colours', ['numpy'], () => {
  const ply = encodePly([first, second], { comments: ['made for a test'] });
  const read = readByPython<{ lines: string[]; places: number[]; colours: number[][]; triangles: number[] }>(
    ply,
    readPly,
  );
  const [vertices, more] = [countOf(first)[0]!, countOf(second)[0]!];
  expect(read.lines).toEqual([
    'ply',
    'format binary_little_endian 1.0',
    'comment UNITS=mm',
    'comment SPACE=RAS',
    'comment x to the right, y to the front, z up',
    'comment made for a test',
    `comment left lateral ventricle: ${vertices} vertices from 0, colour 120 18 134`,
    `comment fourth ventricle: ${more} vertices from ${vertices}, colour 42 204 164`,
    `element vertex ${vertices + more}`,
    'property float x',
    'property float y',
    'property float z',
    'property uchar red',
    'property uchar green',
    'property uchar blue',
    `element face ${countOf(first)[1]! + countOf(second)[1]!}`,
    'property list uchar int vertex_indices',
  ]);
  expect(read.places).toEqual([...first.positions, ...second.positions]);
  expect(read.triangles).toEqual([...first.triangles, ...second.triangles.map((v) => v + vertices)]);
  expect(read.colours).toEqual(
    Array.from({ length: vertices + more }, (_, v) => (v < vertices ? first : second).colour),
  );
});

test('no surface at all makes files without triangles', () => {
  expect(encodeStl([])).toHaveLength(84);
  expect(new TextDecoder().decode(encodePly([]))).toContain('element vertex 0\n');
});

test('what PLY cannot hold is refused', () => {
  const line = { code: 'BAD_ARGUMENT', message: expect.stringContaining('printable ASCII') };
  expect(() => encodePly([first], { comments: ['two\nlines'] })).toThrowError(expect.objectContaining(line));
  expect(() => encodePly([{ ...first, title: 'Ventrikel, größter' }])).toThrowError(
    expect.objectContaining(line),
  );
  expect(() => encodePly([{ ...first, colour: [256, 0, 0] }])).toThrow('got 256 0 0');
});
