/** The Chromium that tests run in: Debian's, without a screen, drawing and computing on the processor. */
import { existsSync } from 'node:fs';

export const chromiumPath = process.env.VENTRISEG_CHROMIUM ?? '/usr/bin/chromium';

/** Why there can be no test in the browser; undefined when there can. */
export function whyNoChromium(): string | undefined {
  return existsSync(chromiumPath)
    ? undefined
    : `no ${chromiumPath}; install Debian's chromium or set VENTRISEG_CHROMIUM`;
}

/** WebGL through SwiftShader, and nothing fetched in the background. */
export const chromiumFlags = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** WebGPU through SwiftShader. */
export const webgpuFlags = [
  '--enable-unsafe-webgpu',
  '--enable-features=Vulkan',
  '--use-webgpu-adapter=swiftshader',
];
