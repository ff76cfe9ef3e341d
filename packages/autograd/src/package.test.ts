/** Promises of the package as a whole: what it exports, what it imports, and that its README is true. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import * as autograd from './index.ts';
import * as autogradNode from './node/index.ts';

const source = dirname(fileURLToPath(import.meta.url));
const root = resolve(source, '..');

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  const statements = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]/g);
  const bare = text.matchAll(/\bimport\s*\(?\s*['"]([^'"]+)['"]/g);
  return [...statements, ...bare].map((match) => match[1]!);
}

/** Every file that the entry needs, and the packages that they name. */
function reach(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const visit = (file: string) => {
    if (files.has(file)) return;
    files.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith('.')) visit(resolve(dirname(file), name));
      else packages.add(name);
    }
  };
  visit(join(source, entry));
  return { files, packages };
}

test('the main entry runs in browsers: no node: module, and nothing of the other packages', () => {
  const { files, packages } = reach('index.ts');
  expect([...packages].sort()).toEqual(['@bufbuild/protobuf', 'onnx-buf', 'onnxruntime-common']);
  expect(files.size).toBeGreaterThan(25);
  for (const file of files) expect(relative(source, file)).not.toMatch(/^(node|testing)\//);
});

test('only src/node imports node:, and only tests import test helpers', () => {
  const all = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.ts'),
  );
  for (const name of all.filter((file) => !/\.test(-helper)?\.ts$/.test(file))) {
    const imports = importsOf(join(source, name));
    expect(
      imports.filter((i) => i.includes('test-helper')),
      name,
    ).toEqual([]);
    if (!name.startsWith('node'))
      expect(
        imports.filter((i) => i.startsWith('node:')),
        name,
      ).toEqual([]);
    for (const i of imports.filter((i) => i.startsWith('.'))) {
      expect(existsSync(resolve(source, dirname(name), i)), `${name}: ${i}`).toBe(true);
    }
  }
});

test('no public export has disappeared', () => {
  const promised = `
    AutogradError formatShape Graph initialise heNormal ones zeros countFlops
    add divide exp log multiply negate softplus sqrt subtract
    leakyRelu logSoftmax relu sigmoid softmax
    conv convTranspose averagePool maxPool upsampleLinear upsampleNearest
    batchNorm groupNorm instanceNorm dropout mean sum concat expand pad reshape slice transpose
    binaryCrossEntropyLoss crossEntropyLoss probabilities softDiceLoss softJaccardLoss sumOfLosses tverskyLoss
    convBlock encoderDecoder
    buildUpdateGraph momentNames updateScalars learningRateAt
    ForwardPass Trainer estimateTraining SeededRandom createSession decodeCheckpoint encodeCheckpoint
    buildActivationGraph buildEvaluationGraph buildGradientGraph buildInferenceGraph describeNetwork gradientName
    parameterLayout slotOf chooseBackend backendNames encodeModel readModelMetadata ONNX_OPSET`;
  expect(
    promised
      .trim()
      .split(/\s+/)
      .filter((name) => !(name in autograd)),
  ).toEqual([]);
});

const readme = () => readFileSync(join(root, 'README.md'), 'utf8');

test('the README shows the example as it is, and the example learns', () => {
  const example = readFileSync(join(root, 'examples/find-discs.mjs'), 'utf8');
  expect(readme()).toContain(`\`\`\`js\n${example}\`\`\`\n`);
  const printed = execFileSync(process.execPath, ['examples/find-discs.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  const [first, last] = [/step 0: soft Dice ([\d.]+)/, /step 100: soft Dice ([\d.]+)/].map((pattern) =>
    Number(pattern.exec(printed)?.[1]),
  );
  expect(first).toBeLessThan(0.5);
  expect(last).toBeGreaterThan(0.9);
  expect(printed).toMatch(/a model of \d+ bytes/);
}, 180_000);

test('the example on MNIST reads digits it has not seen, from files of half and a quarter of the size too', () => {
  const printed = execFileSync(process.execPath, ['examples/read-digits.mjs'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = [...printed.matchAll(/(\w+): (\d+) bytes, ([\d.]+) % right/g)];
  const [exact, half, bytes] = found.map(([, , length, right]) => ({
    length: Number(length),
    right: Number(right),
  }));
  expect(exact!.right).toBeGreaterThan(96);
  expect(half!.length / exact!.length).toBeLessThan(0.55);
  expect(Math.abs(half!.right - exact!.right)).toBeLessThan(0.2);
  expect(bytes!.length / exact!.length).toBeLessThan(0.3);
  expect(Math.abs(bytes!.right - exact!.right)).toBeLessThan(0.5);
}, 300_000);

test('the README names nothing that does not exist', () => {
  const names = [...readme().matchAll(/`([a-zA-Z]+)\(/g)].map((match) => match[1]!);
  expect(names.length).toBeGreaterThan(30);
  const methods = [
    ...Object.getOwnPropertyNames(autograd.Trainer.prototype),
    ...Object.getOwnPropertyNames(autograd.Graph.prototype),
    ...Object.getOwnPropertyNames(autograd.ForwardPass.prototype),
  ];
  expect(
    names.filter((name) => !(name in autograd) && !(name in autogradNode) && !methods.includes(name)),
  ).toEqual([]);
});
