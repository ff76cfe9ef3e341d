/**
 * Times `segmentFile`: prints the first call of the process and medians over warm ones, as JSON. Plain JavaScript, as in
 * a user's process: the loader that the other benchmarks run under rewrites the library on its way and costs it a
 * tenth of its speed.
 *
 *   node time-segment.mjs '{"scan": path, "model": name or file, "threads": 2, "repeats": 5}'
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModel, segmentFile } from 'ventriseg/node';

const { scan, model, threads, repeats } = JSON.parse(process.argv[2]);
/** Calls after which the compiler has seen all of it. */
const warmUps = 3;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const output = await mkdtemp(join(tmpdir(), 'ventriseg-bench-'));
const loaded = await openModel(model, { threads });
const runs = [];
let name = '';
try {
  for (let run = 0; run < warmUps + repeats; run++) {
    const before = process.cpuUsage();
    const start = performance.now();
    const { record } = await segmentFile(scan, { output, model: loaded, name: 'scan', overwrite: true });
    const ms = performance.now() - start;
    const { user, system } = process.cpuUsage(before);
    runs.push({ ms, processorMs: (user + system) / 1000, stages: record.timingsMs });
    name = record.model.name;
  }
} finally {
  await loaded.release();
  await rm(output, { recursive: true });
}

const warm = runs.slice(warmUps);
const stages = Object.keys(warm[0].stages);
const result = {
  scan,
  model: name,
  firstMs: runs[0].ms,
  wholeMs: median(warm.map(({ ms }) => ms)),
  processorMs: median(warm.map(({ processorMs }) => processorMs)),
  stagesMs: Object.fromEntries(
    stages.map((stage) => [stage, median(warm.map(({ stages: times }) => times[stage]))]),
  ),
  peakMb: process.resourceUsage().maxRSS / 1024,
};
process.stdout.write(JSON.stringify(result));
