/**
 * The one place that knows NiiVue: shows a scan in three planes and in three dimensions with its labels over it.
 *
 * The labels are NiiVue's drawing layer, so that a stroke of the brush reaches the screen without the whole scan
 * being prepared again. That layer runs in NiiVue's own order of voxels (nearest to RAS); `offsets` holds the way
 * from it to the scan's order.
 */
import { DRAG_MODE, MULTIPLANAR_TYPE, Niivue, NVMesh, SHOW_RENDER, SLICE_TYPE } from '@niivue/niivue';
import { type Vec3, type Volume, writeNifti } from '@ventriseg/imaging';
import { type VentricleSurface, ventricles } from 'ventriseg';

export const layouts = ['all', 'axial', 'coronal', 'sagittal', '3-D'] as const;
export type Layout = (typeof layouts)[number];

const sliceTypes: Readonly<Record<Layout, SLICE_TYPE>> = {
  all: SLICE_TYPE.MULTIPLANAR,
  axial: SLICE_TYPE.AXIAL,
  coronal: SLICE_TYPE.CORONAL,
  sagittal: SLICE_TYPE.SAGITTAL,
  '3-D': SLICE_TYPE.RENDER,
};

export interface Place {
  readonly voxel: Vec3;
  /** World RAS, mm. */
  readonly mm: Vec3;
}

export interface ViewerEvents {
  /** The crosshair moved. */
  readonly onPlace: (place: Place) => void;
  /** Window changed by dragging: intensities shown as black and as white. */
  readonly onWindow: (low: number, high: number) => void;
}

/** How NiiVue's order of voxels lies in the scan's: offset of the first voxel, and steps along its three axes. */
interface Offsets {
  readonly first: number;
  readonly steps: Vec3;
  readonly dims: Vec3;
}

export class Viewer {
  private readonly nv: Niivue;
  private readonly canvas: HTMLCanvasElement;
  private labels: Volume<Uint8Array> | undefined;
  private offsets: Offsets | undefined;

  private constructor(nv: Niivue, canvas: HTMLCanvasElement) {
    this.nv = nv;
    this.canvas = canvas;
  }

  /** @throws Error when the browser has no WebGL 2 */
  static async create(canvas: HTMLCanvasElement, events: ViewerEvents): Promise<Viewer> {
    if (document.createElement('canvas').getContext('webgl2') === null) {
      throw new Error(
        'This browser has no WebGL 2, which the pictures need; volumes and files work without it',
      );
    }
    const nv = new Niivue({
      dragAndDropEnabled: false,
      loadingText: '',
      logLevel: 'error',
      sliceType: SLICE_TYPE.MULTIPLANAR,
      multiplanarLayout: MULTIPLANAR_TYPE.GRID,
      multiplanarShowRender: SHOW_RENDER.ALWAYS,
      multiplanarPadPixels: 4,
      dragMode: DRAG_MODE.contrast,
      isRadiologicalConvention: true,
      backColor: [0, 0, 0, 1],
      crosshairWidth: 1,
      // A slice shows what lies in it, and no surfaces in front of it; the head does not hide them.
      meshThicknessOn2D: 0,
      meshXRay: 0.7,
      crosshairColor: [0.3, 0.85, 1, 0.9],
      fontColor: [1, 1, 1, 1],
    });
    const viewer = new Viewer(nv, canvas);
    // The page has keys of its own; NiiVue's would do other things with the same letters.
    canvas.addEventListener(
      'keydown',
      (event) => {
        if (event.key !== 'Tab') event.stopPropagation();
      },
      { capture: true },
    );
    await nv.attachToCanvas(canvas);
    nv.onLocationChange = (location) => {
      const { mm } = location as { mm: number[] };
      const voxel = viewer.scanVoxel(nv.scene.crosshairPos);
      if (voxel !== undefined) events.onPlace({ voxel, mm: [mm[0]!, mm[1]!, mm[2]!] });
    };
    nv.onIntensityChange = ({ cal_min, cal_max }) => events.onWindow(cal_min ?? 0, cal_max ?? 0);
    nv.drawLut = labelColours();
    return viewer;
  }

  /** Name of the graphics processor, for diagnostics. */
  get graphics(): string {
    const { gl } = this.nv;
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    return String(gl.getParameter(info === null ? gl.RENDERER : info.UNMASKED_RENDERER_WEBGL));
  }

  /** Shows a scan; `labels` may be left out while there are none. */
  async show(scan: Volume, labels: Volume<Uint8Array> | undefined, centre: Vec3 | undefined): Promise<void> {
    const { nv } = this;
    nv.closeDrawing();
    while (nv.volumes.length > 0) nv.removeVolume(nv.volumes[0]!);
    const bytes = await writeNifti(scan, { gzip: false });
    await nv.loadFromArrayBuffer(bytes.buffer as ArrayBuffer, 'scan.nii');
    this.offsets = offsetsOf(nv);
    this.setLabels(labels);
    if (centre !== undefined) this.goTo(centre);
    else nv.createOnLocationChange();
  }

  setLabels(labels: Volume<Uint8Array> | undefined): void {
    const { nv } = this;
    this.labels = labels;
    if (labels === undefined) {
      nv.closeDrawing();
      nv.drawScene();
      return;
    }
    if (nv.drawBitmap === null) nv.createEmptyDrawing();
    const bitmap = nv.drawBitmap!;
    const { first, steps, dims } = this.offsets!;
    for (let z = 0, at = 0; z < dims[2]; z++) {
      for (let y = 0; y < dims[1]; y++) {
        let from = first + y * steps[1] + z * steps[2];
        for (let x = 0; x < dims[0]; x++, at++, from += steps[0]) bitmap[at] = labels.data[from]!;
      }
    }
    nv.refreshDrawing(true);
  }

  /** Brings voxels of the labels that were edited to the screen. */
  refresh(voxels: Iterable<number>): void {
    const { nv, labels } = this;
    if (labels === undefined || nv.drawBitmap === null) return;
    for (const at of voxels) nv.drawBitmap[this.bitmapIndex(this.voxelOf(at))] = labels.data[at]!;
    nv.refreshDrawing(true);
  }

  /** Shows surfaces in the three-dimensional picture; none takes them away. */
  setSurfaces(surfaces: readonly VentricleSurface[]): void {
    const { nv } = this;
    for (const mesh of [...nv.meshes]) nv.removeMesh(mesh);
    for (const { title, colour, positions, triangles } of surfaces) {
      const colours = Uint8Array.of(...colour, 255);
      // NiiVue takes the arrays over.
      nv.addMesh(new NVMesh(positions.slice(), triangles.slice(), title, colours, 1, true, nv.gl));
    }
    nv.drawScene();
  }

  setOpacity(opacity: number): void {
    this.nv.setDrawOpacity(opacity);
  }

  setRadiological(isRadiological: boolean): void {
    this.nv.setRadiologicalConvention(isRadiological);
  }

  setLayout(layout: Layout): void {
    this.nv.setSliceType(sliceTypes[layout]);
  }

  get window(): {
    readonly low: number;
    readonly high: number;
    readonly least: number;
    readonly most: number;
  } {
    const image = this.nv.volumes[0];
    const low = image?.cal_min ?? 0;
    const high = image?.cal_max ?? 1;
    return { low, high, least: image?.global_min ?? low, most: image?.global_max ?? high };
  }

  setWindow(low: number, high: number): void {
    const image = this.nv.volumes[0];
    if (image === undefined) return;
    image.cal_min = low;
    image.cal_max = high;
    this.nv.updateGLVolume();
  }

  /** Moves the crosshair by voxels to the patient's right-left, back-front, down-up. */
  move(right: number, front: number, up: number): void {
    this.nv.moveCrosshairInVox(right, front, up);
  }

  goTo(voxel: Vec3): void {
    const { nv } = this;
    const { dims } = this.offsets!;
    this.rasVoxel(voxel).forEach((at, axis) => {
      nv.scene.crosshairPos[axis] = (at + 0.5) / dims[axis as 0 | 1 | 2];
    });
    nv.createOnLocationChange();
    nv.drawScene();
  }

  /**
   * The scan's voxel under a point of the screen, and the axis of the volume that its slice is cut across; undefined
   * beside the slices.
   */
  voxelAt(clientX: number, clientY: number): { voxel: Vec3; axis: 0 | 1 | 2 } | undefined {
    const { nv, canvas } = this;
    const box = canvas.getBoundingClientRect();
    const scale = canvas.width / box.width;
    const position = [(clientX - box.left) * scale, (clientY - box.top) * scale];
    const tile = nv.screenSlices[nv.tileIndex(position[0]!, position[1]!)];
    if (tile === undefined || tile.axCorSag > SLICE_TYPE.SAGITTAL) return undefined;
    const frac = nv.canvasPos2frac(position);
    if (frac[0]! < 0) return undefined;
    const voxel = this.scanVoxel(frac);
    if (voxel === undefined) return undefined;
    const rasAxis = tile.axCorSag === SLICE_TYPE.AXIAL ? 2 : tile.axCorSag === SLICE_TYPE.CORONAL ? 1 : 0;
    return { voxel, axis: this.scanAxis(rasAxis) };
  }

  /** The scan's voxel at a place in NiiVue's fractions of the volume; undefined outside. */
  private scanVoxel(frac: ArrayLike<number>): Vec3 | undefined {
    if (this.offsets === undefined) return undefined;
    const { first, steps, dims } = this.offsets;
    let at = first;
    for (let axis: 0 | 1 | 2 = 0; axis < 3; axis++) {
      const place = Math.floor(frac[axis]! * dims[axis as 0 | 1 | 2]);
      if (!(place >= 0 && place < dims[axis as 0 | 1 | 2])) return undefined;
      at += place * steps[axis as 0 | 1 | 2];
    }
    return this.voxelOf(at);
  }

  private voxelOf(at: number): Vec3 {
    const [nx, ny] = this.shape;
    return [at % nx, Math.floor(at / nx) % ny, Math.floor(at / (nx * ny))];
  }

  private get shape(): Vec3 {
    const dims = this.nv.volumes[0]!.hdr!.dims;
    return [dims[1]!, dims[2]!, dims[3]!];
  }

  /** The scan's axis that one of NiiVue's axes runs along. */
  private scanAxis(rasAxis: 0 | 1 | 2): 0 | 1 | 2 {
    const [nx, ny] = this.shape;
    const step = Math.abs(this.offsets!.steps[rasAxis]);
    return step === 1 ? 0 : step === nx * ny ? 2 : 1;
  }

  private rasVoxel(voxel: Vec3): [number, number, number] {
    const { steps, dims } = this.offsets!;
    const along = (axis: 0 | 1 | 2) => {
      const at = voxel[this.scanAxis(axis)];
      return steps[axis] > 0 ? at : dims[axis] - 1 - at;
    };
    return [along(0), along(1), along(2)];
  }

  private bitmapIndex(voxel: Vec3): number {
    const { dims } = this.offsets!;
    const [x, y, z] = this.rasVoxel(voxel);
    return x + dims[0] * (y + dims[1] * z);
  }
}

function offsetsOf(nv: Niivue): Offsets {
  const image = nv.volumes[0]!;
  const start = image.img2RASstart!;
  const steps = image.img2RASstep!;
  const dims = image.dimsRAS!;
  return {
    first: start[0]! + start[1]! + start[2]!,
    steps: [steps[0]!, steps[1]!, steps[2]!],
    dims: [dims[1]!, dims[2]!, dims[3]!],
  };
}

/** FreeSurfer's colours at FreeSurfer's numbers; all else transparent. */
function labelColours(): Niivue['drawLut'] {
  const lut = new Uint8ClampedArray(256 * 4);
  // NiiVue looks a name up for every number.
  const labels = Array.from({ length: 256 }, () => '');
  for (const { number, colour, title } of ventricles) {
    lut.set([...colour, 255], number * 4);
    labels[number] = title;
  }
  return { lut, labels };
}
