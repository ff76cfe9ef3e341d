import { describe, expect, test } from 'vitest';
import { runPython, testWithPython } from '../../../../test/python-oracle.ts';
import { decodeNpyHeader, encodeNpyHeader, type NpyType, npyHeaderLength } from './npy.ts';

describe('npy header', () => {
  test('is what the format asks for, byte by byte', () => {
    const bytes = encodeNpyHeader('uint8', [3, 4, 5]);
    expect(bytes.length).toBe(npyHeaderLength);
    expect(bytes.length % 64).toBe(0);
    expect([...bytes.subarray(0, 10)]).toEqual([0x93, 78, 85, 77, 80, 89, 1, 0, 182, 0]);
    const text = new TextDecoder().decode(bytes.subarray(10));
    expect(text.trimEnd()).toBe("{'descr': '|u1', 'fortran_order': False, 'shape': (3, 4, 5), }");
    expect(text.at(-1)).toBe('\n');
  });

  test.each<[NpyType, number[]]>([
    ['uint8', [598, 96, 96]],
    ['float32', [7]],
    ['int32', [0, 2]],
    ['float64', []],
    ['int16', [999_999_999_999, 1, 2, 3, 4]],
  ])('%s %j survives writing and reading', (type, shape) => {
    expect(decodeNpyHeader(encodeNpyHeader(type, shape))).toEqual({
      type,
      shape,
      dataOffset: npyHeaderLength,
    });
  });

  test('names what it cannot read', () => {
    const replaced = (from: string, to: string) => {
      const text = Buffer.from(encodeNpyHeader('uint8', [2, 2])).toString('latin1');
      return Buffer.from(text.replace(from, to), 'latin1');
    };
    expect(() => decodeNpyHeader(new Uint8Array(64), 'a.npy')).toThrow(
      /a\.npy: does not start with the \.npy magic/,
    );
    expect(() => decodeNpyHeader(replaced('False', 'True '))).toThrow('Fortran order');
    expect(() => decodeNpyHeader(replaced('|u1', '|O8'))).toThrow("element type '|O8'");
    expect(() => decodeNpyHeader(encodeNpyHeader('uint8', [1]).subarray(0, 50))).toThrow('cut off at 50');
    expect(() => encodeNpyHeader('uint8', [1.5])).toThrow('whole numbers');
  });

  testWithPython('numpy reads what is written, and the other way round', ['numpy'], async () => {
    const head = Buffer.from(encodeNpyHeader('int16', [2, 3])).toString('hex');
    const script = `
import io, json, numpy as np
body = np.arange(6, dtype='<i2').tobytes()
a = np.load(io.BytesIO(bytes.fromhex('${head}') + body))
out = io.BytesIO(); np.save(out, np.zeros((4, 1, 2), np.float32))
print(json.dumps([a.tolist(), str(a.dtype), out.getvalue().hex()]))
`;
    const [values, type, theirs] = JSON.parse(await runPython(script)) as [number[][], string, string];
    expect(values).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(type).toBe('int16');
    const { dataOffset, ...rest } = decodeNpyHeader(Buffer.from(theirs, 'hex'));
    expect(rest).toEqual({ type: 'float32', shape: [4, 1, 2] });
    expect(dataOffset).toBe(Buffer.from(theirs, 'hex').length - 32);
  });
});
