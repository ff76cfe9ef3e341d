/**
 * niimath (the WebAssembly build of @niivue/niimath) as another implementation to compare with.
 *
 * The package's own entry starts a browser worker; the Emscripten module inside it runs in Node too.
 */
// The package exports only the browser entry, so its module is named by path.
const modulePath = '../node_modules/@niivue/niimath/dist/niimath.js';

interface NiimathModule {
  FS_createDataFile(folder: string, name: string, data: Uint8Array, read: boolean, write: boolean): void;
  FS_readFile(name: string): Uint8Array;
  FS_unlink(name: string): void;
  callMain(args: string[]): number;
}

let loaded: Promise<NiimathModule> | undefined;

/** Runs `niimath in.nii <args> out.nii` on the bytes of a NIfTI file; returns the bytes of the result. */
export async function runNiimath(input: Uint8Array, args: readonly string[]): Promise<Uint8Array> {
  loaded ??= import(new URL(modulePath, import.meta.url).href).then((module) => module.default());
  const niimath = (await loaded) as NiimathModule;
  niimath.FS_createDataFile('.', 'in.nii', input, true, true);
  try {
    const code = niimath.callMain(['in.nii', '-gz', '0', ...args, 'out.nii']);
    if (code !== 0) throw new Error(`niimath ${args.join(' ')} ended with code ${code}`);
    return niimath.FS_readFile('out.nii').slice();
  } finally {
    niimath.FS_unlink('in.nii');
  }
}
