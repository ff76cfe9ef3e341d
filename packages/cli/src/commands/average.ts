/** `ventriseg average`: one model with the mean of the weights of several. */
import type { Command } from 'commander';
import {
  addCommonOptions,
  type CliStreams,
  type CommonOptions,
  helpFooter,
  type Outcome,
  runCommand,
} from '../command-run.ts';
import { exitCodes } from '../exit-codes.ts';

interface AverageCommandOptions extends CommonOptions {
  output: string;
}

export function addAverage(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('average')
    .argument('<models...>', 'two or more of one network: .onnx files, run folders, or names of shipped ones')
    .description('Average the weights of models that were trained on from the same start')
    .requiredOption('-o, --output <file>', 'the .onnx file to write')
    .addHelpText(
      'after',
      `
The mean is often as good at what each of them learnt ("model soups", Wortsman et al. 2022). Recipe and steps that the
file tells of are those of the first. Score it as any other: nothing says that it must be better.
` +
        helpFooter([
          [
            'ventriseg average runs/borders ventricles -o mean-segment.onnx',
            'what a further training made, and what it started from',
          ],
        ]),
    )
    .action((models: string[], options: AverageCommandOptions) =>
      runCommand(streams, outcome, options, 'stopping', async (run) => {
        const { averageModelFiles } = await import('ventriseg/node');
        const averaged = await averageModelFiles(models, options.output);
        run.print(`${options.output}: the mean of ${averaged.join(' and ')}\n`);
        run.printJson({ output: options.output, averaged });
        return exitCodes.done;
      }),
    );
  addCommonOptions(command);
}
