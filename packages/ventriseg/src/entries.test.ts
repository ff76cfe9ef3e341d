/** What the package promises: the browser entry needs nothing of Node, and no public name goes missing. */
import { existsSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as browser from './index.ts';
import * as node from './node.ts';

const packages = fileURLToPath(new URL('../../', import.meta.url));
/** Our packages, whose sources are followed; by the names they are imported by. */
const ours: Readonly<Record<string, string>> = {
  '@ventriseg/imaging': 'imaging/src/index.ts',
  '@ventriseg/tensorboard': 'tensorboard/src/index.ts',
  'onnx-autograd': 'autograd/src/index.ts',
};

/** Modules outside our packages that an entry imports, directly or not; type-only imports do not count. */
function foreignImports(entry: string): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<string>();
  const visit = (file: string) => {
    if (seen.has(file)) return;
    seen.add(file);
    expect(existsSync(file), file).toBe(true);
    const source = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
    const statements = source.matchAll(
      /(?:^|\n)\s*(import|export)\s(?!type\s)[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/g,
    );
    for (const [, , from, bare] of statements) {
      const name = (from ?? bare)!;
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else if (ours[name] !== undefined) visit(resolve(packages, ours[name]));
      else found.set(name, file);
    }
  };
  visit(entry);
  expect(seen.size).toBeGreaterThan(50);
  return found;
}

test('the browser entry imports nothing of Node', () => {
  const found = foreignImports(resolve(packages, 'ventriseg/src/index.ts'));
  const forbidden = [...found].filter(
    ([name]) => name.startsWith('node:') || builtinModules.includes(name) || name === 'onnx-autograd/node',
  );
  expect(forbidden).toEqual([]);
  expect([...found.keys()]).toContain('zod');
});

test('the walk would see it: the Node entry does import Node', () => {
  const found = foreignImports(resolve(packages, 'ventriseg/src/node.ts'));
  expect([...found.keys()]).toEqual(expect.arrayContaining(['node:fs/promises', 'onnx-autograd/node']));
});

/** Names may be added here, not removed: programs use them. */
const browserNames = [
  'Training',
  'VentrisegError',
  'brightTissueLevel',
  'builtInRecipe',
  'builtInRecipes',
  'chooseSeries',
  'compareLabels',
  'compareScans',
  'compareWithNorms',
  'comparisonHtml',
  'comparisonRecord',
  'comparisonRecordSchema',
  'conformScan',
  'contactSheet',
  'datasetInFiles',
  'datasetPlanSchema',
  'datasetPresets',
  'dcm2niixConverter',
  'drawResult',
  'encodePng',
  'estimateErrorBars',
  'evaluateSlices',
  'exportModel',
  'extractLabelSlice',
  'extractSlice',
  'findHead',
  'findMidSagittalPlane',
  'greyWithMaskRgb',
  'guessLabelScheme',
  'insertSlice',
  'islandRules',
  'labelSchemes',
  'loadSliceModel',
  'memoryFile',
  'openFiles',
  'openZip',
  'parseRecipe',
  'plausibleLateralMl',
  'publishedNorms',
  'qualityCodes',
  'readDataset',
  'readSliceModel',
  'resolveDatasetPlan',
  'resolveLabelScheme',
  'resultRecord',
  'resultRecordSchema',
  'rightOf',
  'segmentVolume',
  'sliceGeometry',
  'sliceModelMetadataSchema',
  'sliceOf',
  'softwareVersion',
  'tileSheet',
  'toCanonicalLabels',
  'upscale',
  'ventricleColours',
  'ventricles',
];

const nodeNames = [
  ...browserNames,
  'compareFiles',
  'datasetManifestSchema',
  'evaluateLabels',
  'evaluateModel',
  'nodeDcm2niixConverter',
  'openDataset',
  'openModel',
  'openScan',
  'prepareDataset',
  'resolveModel',
  'segmentFile',
  'segmentFiles',
  'shippedModels',
  'trainNetwork',
];

test('no public name has gone missing', () => {
  expect(browserNames.filter((name) => !(name in browser))).toEqual([]);
  expect(nodeNames.filter((name) => !(name in node))).toEqual([]);
});
