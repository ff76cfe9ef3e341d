/**
 * From a scan to probabilities with a slice network:
 *
 *   conform -> find the head -> network on the slices of its plan -> (CRF)
 */
import { applyAffine, type Vec3, type Volume } from '@ventriseg/imaging';
import { brightTissueLevel, conformScan } from '../intensity/index.ts';
import { type Extent, findHead, type Head } from './find-head.ts';
import type { Found } from './found.ts';
import type { LoadedSliceModel } from './load-model.ts';
import { refineWithCrf } from './refine-with-crf.ts';
import { runNetwork } from './run-network.ts';
import type { Stages } from './stages.ts';

export interface SliceOptions {
  readonly crf: boolean;
  /** Go on where there is no head: all slices are looked at. */
  readonly force: boolean;
}

/** Without a head the scan is shown as it is: 190 of 255, see ShownScan. */
const defaultBright = 190;

/** @throws VentrisegError MODEL_FAILED; the signal's reason when aborted */
export async function findWithSlices(
  scan: Volume,
  model: LoadedSliceModel,
  options: SliceOptions,
  stages: Stages,
): Promise<Found> {
  const { plan } = model.metadata;
  const { signal } = stages;
  const { volume, warnings } = await stages.run('conform', () => conformScan(scan, plan));
  const found = await stages.run('head', () => findHead(volume));
  const head = found.head ?? (options.force ? wholeVolume(volume) : undefined);
  const common = {
    classes: plan.classes,
    // Networks trained on overlap alone are sure of nearly every pixel, rightly or not.
    labelledFrom: 0.5,
    shown: { image: volume, black: 0, bright: brightTissueLevel(volume) ?? defaultBright },
    warnings,
    noHead: found.head === undefined ? found.reason : undefined,
    conformed: { volume, head },
  };
  if (head === undefined) return { ...common, probabilities: undefined, view: undefined };
  const { probabilities, view } = await stages.run('network', (onProgress) =>
    runNetwork(volume, model, head.extent, { signal, onProgress }),
  );
  if (!options.crf || probabilities === undefined) return { ...common, probabilities, view };
  const refined = await stages.run('crf', (onProgress) =>
    refineWithCrf(probabilities, volume, { onProgress, ...(signal && { signal }) }),
  );
  return { ...common, probabilities: refined, view };
}

/** In the place of a head that was not found. */
function wholeVolume({ shape, voxelToWorld }: Volume): Head {
  const [x, y, z] = shape.map((n) => ({ first: 0, last: n - 1 })) as [Extent, Extent, Extent];
  const middle = shape.map((n) => (n - 1) / 2) as unknown as Vec3;
  return { ml: 0, centre: applyAffine(voxelToWorld, middle), extent: [x, y, z] };
}
