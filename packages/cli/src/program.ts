/** The command with all its subcommands, and how wrong use of them is told. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { type CliStreams, notMedical, type Outcome } from './command-run.ts';
import { addAverage } from './commands/average.ts';
import { addCompare } from './commands/compare.ts';
import { addDemo } from './commands/demo.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addPrepare } from './commands/prepare.ts';
import { addPrepareVolumes } from './commands/prepare-volumes.ts';
import { addRecipes } from './commands/recipes.ts';
import { addSegment } from './commands/segment.ts';
import { addServe } from './commands/serve.ts';
import { addTrain } from './commands/train.ts';

export function buildProgram(streams: CliStreams, outcome: Outcome): Command {
  const program = new Command('ventriseg')
    .description(
      'Segments and measures the cerebral ventricles in head MRI, and trains the networks that do it.',
    )
    .version(version(), '-V, --version')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      outputError: (text, write) => {
        const said = text
          .trim()
          .replace(/^error: /, '')
          .replace(/\s*\n\s*/g, ' ');
        write(`ventriseg: BAD_USAGE ${said} (--help shows what there is)\n`);
      },
    })
    .addHelpText(
      'after',
      `
Exit codes: 0 done; 1 some scan failed (the others are done, it is named); 2 wrong use; 130 interrupted.
Each command has its own --help with examples. ${notMedical}
`,
    );
  addSegment(program, streams, outcome);
  addCompare(program, streams, outcome);
  addDemo(program, streams, outcome);
  addPrepare(program, streams, outcome);
  addPrepareVolumes(program, streams, outcome);
  addRecipes(program, streams, outcome);
  addTrain(program, streams, outcome);
  addAverage(program, streams, outcome);
  addEvaluate(program, streams, outcome);
  addServe(program, streams, outcome);
  return program;
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
