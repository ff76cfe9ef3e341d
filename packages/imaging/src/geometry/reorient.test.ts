import { describe, expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { createVolume, type Shape3, type Volume, type VoxelArray } from '../volume/volume.ts';
import { createVoxelArray, type VoxelType, voxelTypeOf } from '../volume/voxel-type.ts';
import { applyAffine, invertAffine } from './affine.ts';
import { copyByOffsets } from './copy-by-offsets.ts';
import { axisCodes } from './orientation.ts';
import { reorient } from './reorient.ts';
import { all48Orders, randomVolume, seededRandom, turnedAffine } from './synthetic-volume.test-helper.ts';

const oblique = randomVolume([5, 6, 7], turnedAffine([0.9, 1.1, 1.3], [0.2, -0.3, 0.25], [-40, 30, 12.5]));

/** The value of a volume at a place in the world where a voxel centre is. */
function valueAt(volume: Volume, world: readonly [number, number, number]): number {
  const [i, j, k] = applyAffine(invertAffine(volume.voxelToWorld), world).map(Math.round);
  return volume.data[i! + volume.shape[0] * (j! + volume.shape[1] * k!)]!;
}

describe('reorient', () => {
  test('moves six voxels as computed by hand', () => {
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const volume = createVolume(Int16Array.of(1, 2, 3, 4, 5, 6), [3, 2, 1], identity);
    const turned = reorient(volume, 'PLS');
    expect(turned.shape).toEqual([2, 3, 1]);
    expect([...turned.data]).toEqual([6, 3, 5, 2, 4, 1]);
    expect(turned.voxelToWorld).toEqual([0, -1, 0, 2, -1, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(turned.data).toBeInstanceOf(Int16Array);
  });

  test('keeps every voxel at its place in the world, in all 48 orders', () => {
    for (const codes of all48Orders) {
      const turned = reorient(oblique, codes);
      expect(axisCodes(turned.voxelToWorld)).toBe(codes);
      const [nx, ny, nz] = turned.shape;
      for (let n = 0; n < turned.data.length; n++) {
        const voxel = [n % nx, Math.floor(n / nx) % ny, Math.floor(n / (nx * ny))] as const;
        expect(turned.data[n]).toBe(valueAt(oblique, applyAffine(turned.voxelToWorld, voxel)));
      }
      expect(nx * ny * nz).toBe(5 * 6 * 7);
    }
  });

  test('comes back unchanged from all 48 orders', () => {
    const codes = axisCodes(oblique.voxelToWorld);
    for (const order of all48Orders) {
      const back = reorient(reorient(oblique, order), codes);
      expect(back.data).toEqual(oblique.data);
      expect(back.shape).toEqual(oblique.shape);
      back.voxelToWorld.forEach((value, n) => {
        expect(value).toBeCloseTo(oblique.voxelToWorld[n]!, 12);
      });
    }
  });

  test('hands back the volume itself when nothing changes', () => {
    expect(reorient(oblique, axisCodes(oblique.voxelToWorld))).toBe(oblique);
  });

  test('refuses an order that is none', () => {
    expect(() => reorient(oblique, 'RAX')).toThrow(/'RAX' is not an axis order/);
  });

  test('treats a Node Buffer as the bytes it is', () => {
    const identity = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];
    const turned = reorient(createVolume(Buffer.from([1, 2, 3]), [3, 1, 1], identity), 'LAS');
    expect(voxelTypeOf(turned.data)).toBe('uint8');
    expect([...turned.data]).toEqual([3, 2, 1]);
  });

  testWithPython('matches nibabel in all 48 orders', ['nibabel'], () => {
    const script = `
import json, sys, numpy as np, nibabel as nib
from nibabel.orientations import io_orientation, axcodes2ornt, ornt_transform
q = json.load(sys.stdin)
data = np.arange(np.prod(q['shape']), dtype=np.int32).reshape(q['shape'], order='F')
image = nib.Nifti1Image(data, np.array(q['affine']).reshape(4, 4))
out = []
for codes in q['orders']:
    turned = image.as_reoriented(ornt_transform(io_orientation(image.affine), axcodes2ornt(codes)))
    out.append([list(turned.shape), turned.affine.ravel().tolist(), np.asanyarray(turned.dataobj).ravel(order='F').tolist()])
print(json.dumps(out))`;
    const query = { shape: oblique.shape, affine: oblique.voxelToWorld, orders: all48Orders };
    const expected: [number[], number[], number[]][] = JSON.parse(
      runPython(script, [], JSON.stringify(query)),
    );
    const numbered = createVolume(
      Int32Array.from(oblique.data, (_, n) => n),
      oblique.shape,
      oblique.voxelToWorld,
    );
    all48Orders.forEach((codes, n) => {
      const turned = reorient(numbered, codes);
      const [shape, affine, data] = expected[n]!;
      expect(turned.shape).toEqual(shape);
      expect([...turned.data]).toEqual(data);
      turned.voxelToWorld.forEach((value, at) => {
        expect(value).toBeCloseTo(affine[at]!, 10);
      });
    });
  });
});

function bytesOf(array: VoxelArray): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

describe('copyByOffsets', () => {
  const types: VoxelType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];

  // Longer than a tile and no multiple of it, so that whole and partial tiles are met.
  const shape: Shape3 = [37, 35, 70];
  const strides = [1, 37, 37 * 35] as const;

  test.each(types)('equals the plain triple loop for %s, whichever axis is fastest', (type) => {
    const random = seededRandom(3);
    const source = createVoxelArray(type, 37 * 35 * 70);
    for (let n = 0; n < source.length; n++) source[n] = random() * 200 - (type.startsWith('u') ? 0 : 100);
    for (const order of [
      [0, 1, 2],
      [1, 0, 2],
      [2, 1, 0],
      [1, 2, 0],
    ] as const) {
      for (const flip of [false, true]) {
        const outShape = order.map((axis) => shape[axis]) as unknown as Shape3;
        const offsets = order.map((axis) =>
          Int32Array.from(
            { length: shape[axis] },
            (_, i) => (flip ? shape[axis] - 1 - i : i) * strides[axis],
          ),
        ) as [Int32Array, Int32Array, Int32Array];
        const box = { from: [1, 0, 2], to: [outShape[0], outShape[1] - 1, outShape[2]] } as const;
        const target: VoxelArray = createVoxelArray(type, source.length);
        const expected: VoxelArray = createVoxelArray(type, source.length);
        copyByOffsets(source, target, outShape, offsets, box);
        for (let k = box.from[2]; k < box.to[2]; k++) {
          for (let j = box.from[1]; j < box.to[1]; j++) {
            for (let i = box.from[0]; i < box.to[0]; i++) {
              expected[i + outShape[0] * (j + outShape[1] * k)] =
                source[offsets[0][i]! + offsets[1][j]! + offsets[2][k]!]!;
            }
          }
        }
        expect(Buffer.compare(bytesOf(target), bytesOf(expected))).toBe(0);
      }
    }
  });

  test('refuses arrays of different kinds', () => {
    const one = Int32Array.of(0);
    expect(() =>
      copyByOffsets(new Int16Array(1), new Uint16Array(1), [1, 1, 1], [one, one, one], {
        from: [0, 0, 0],
        to: [1, 1, 1],
      }),
    ).toThrow(/cannot copy int16 into uint16/);
  });
});
