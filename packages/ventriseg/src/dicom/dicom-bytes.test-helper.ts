/**
 * Writes small DICOM files for tests: explicit or implicit VR, little endian, with or without the preamble.
 */

type Vr = 'AS' | 'CS' | 'DA' | 'DS' | 'IS' | 'LO' | 'OB' | 'OW' | 'PN' | 'SH' | 'UI' | 'UL' | 'US';
type Value = string | number | Uint8Array;

const VRS: Readonly<Record<string, Vr>> = {
  '00020010': 'UI',
  '00080008': 'CS',
  '00080016': 'UI',
  '00080018': 'UI',
  '00080020': 'DA',
  '00080022': 'DA',
  '00080060': 'CS',
  '00080070': 'LO',
  '0008103e': 'LO',
  '00100010': 'PN',
  '00100020': 'LO',
  '00100030': 'DA',
  '00100040': 'CS',
  '00101010': 'AS',
  '00180010': 'LO',
  '00180015': 'CS',
  '00180020': 'CS',
  '00180023': 'CS',
  '00180024': 'SH',
  '00180050': 'DS',
  '00180080': 'DS',
  '00180081': 'DS',
  '00180082': 'DS',
  '00180086': 'IS',
  '00181030': 'LO',
  '00185100': 'CS',
  '0020000d': 'UI',
  '0020000e': 'UI',
  '00200011': 'IS',
  '00200013': 'IS',
  '00200032': 'DS',
  '00200037': 'DS',
  '00204000': 'LO',
  '00280002': 'US',
  '00280004': 'CS',
  '00280008': 'IS',
  '00280010': 'US',
  '00280011': 'US',
  '00280030': 'DS',
  '00280100': 'US',
  '00280101': 'US',
  '00280102': 'US',
  '00280103': 'US',
  '00420011': 'OB',
  '7fe00010': 'OW',
};

export interface DicomBytesOptions {
  /** Transfer syntax; implicit VR for `1.2.840.10008.1.2`. Default explicit little endian. */
  readonly transferSyntax?: string;
  /** Without preamble and group 2. */
  readonly bare?: boolean;
}

/** A DICOM file of the given elements, by tag such as `'00100010'`. */
export function dicomBytes(elements: Readonly<Record<string, Value>>, options: DicomBytesOptions = {}) {
  const { transferSyntax = '1.2.840.10008.1.2.1', bare = false } = options;
  const implicit = transferSyntax === '1.2.840.10008.1.2';
  const body = Object.keys(elements)
    .sort()
    .flatMap((tag) => element(tag, elements[tag]!, implicit));
  if (bare) return Uint8Array.from(body);
  const meta = element('00020010', transferSyntax, false);
  return Uint8Array.from([...new Array<number>(128).fill(0), ...latin1('DICM'), ...meta, ...body]);
}

function element(tag: string, value: Value, implicit: boolean): number[] {
  const vr = VRS[tag];
  if (vr === undefined) throw new Error(`the test writes ${tag} but its VR is not listed`);
  const data = encode(vr, value);
  const head = [...u16(Number.parseInt(tag.slice(0, 4), 16)), ...u16(Number.parseInt(tag.slice(4), 16))];
  if (implicit) return [...head, ...u32(data.length), ...data];
  if (vr === 'OB' || vr === 'OW') return [...head, ...latin1(vr), 0, 0, ...u32(data.length), ...data];
  return [...head, ...latin1(vr), ...u16(data.length), ...data];
}

function encode(vr: Vr, value: Value): number[] {
  if (typeof value !== 'string' && typeof value !== 'number') return [...value];
  if (vr === 'US') return u16(Number(value));
  if (vr === 'UL') return u32(Number(value));
  const bytes = latin1(String(value));
  if (bytes.length % 2 === 1) bytes.push(vr === 'UI' ? 0 : 32);
  return bytes;
}

const latin1 = (text: string) => Array.from(text, (letter) => letter.charCodeAt(0));
const u16 = (value: number) => [value & 255, (value >> 8) & 255];
const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];

/** What a slice of `mrSlice` may differ in. */
export interface SliceOptions {
  readonly series?: string;
  readonly instance?: number;
  readonly echo?: number;
  readonly elements?: Readonly<Record<string, Value>>;
}

/** Elements of one 8 x 6 axial MR slice, 2 mm from the next; voxel (i, j) of slice k is 100 k + 10 j + i. */
export function mrSlice(options: SliceOptions = {}): Record<string, Value> {
  const { series = '1.2.3.4', instance = 1, echo = 1, elements = {} } = options;
  const pixels = new Uint16Array(48);
  for (let j = 0; j < 6; j++) for (let i = 0; i < 8; i++) pixels[i + 8 * j] = 100 * instance + 10 * j + i;
  return {
    '00080008': 'ORIGINAL\\PRIMARY\\M\\ND',
    '00080016': '1.2.840.10008.5.1.4.1.1.4',
    '00080018': `${series}.${echo}.${instance}`,
    '00080020': '20200515',
    '00080060': 'MR',
    '00080070': 'SIEMENS',
    '0008103e': 't1_mprage_sag',
    '00100010': 'Doe^Jane',
    '00100020': 'HOSPITAL-4711',
    '00100030': '19800101',
    '00100040': 'F',
    '00180020': 'GR\\IR',
    '00180023': '3D',
    '00180050': '2',
    '00180080': '2300',
    '00180081': String(3 * echo),
    '00180082': '900',
    '00180086': String(echo),
    '00185100': 'HFS',
    '0020000d': '1.2.3',
    '0020000e': series,
    '00200011': '5',
    '00200013': String(instance),
    '00200032': `-8\\-6\\${2 * instance}`,
    '00200037': '1\\0\\0\\0\\1\\0',
    '00204000': 'Jane Doe, second visit',
    '00280002': 1,
    '00280004': 'MONOCHROME2',
    '00280010': 6,
    '00280011': 8,
    '00280030': '2\\2',
    '00280100': 16,
    '00280101': 16,
    '00280102': 15,
    '00280103': 0,
    '7fe00010': new Uint8Array(pixels.buffer),
    ...elements,
  };
}
