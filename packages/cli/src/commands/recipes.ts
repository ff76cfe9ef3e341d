/** `ventriseg recipes`: the recipes that come with ventriseg, or one of them as JSON to start a file from. */
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
import { formatTable } from '../table.ts';

export function addRecipes(program: Command, streams: CliStreams, outcome: Outcome): void {
  const command = program
    .command('recipes [name]')
    .description('List the recipes that train takes, or show one as JSON')
    .addHelpText(
      'after',
      helpFooter([
        ['ventriseg recipes', 'list them'],
        ['ventriseg recipes unet-2017-plus > mine.json', 'make a recipe of your own from one'],
      ]),
    )
    .action((name: string | undefined, options: CommonOptions) =>
      runCommand(streams, outcome, options, 'stopping', async (run) => {
        const { anyBuiltInRecipe, allBuiltInRecipes } = await import('ventriseg/node');
        if (name === undefined) {
          const recipes = [...allBuiltInRecipes.values()];
          run.print(formatTable(recipes.map((recipe) => [recipe.name, recipe.description])));
          run.printJson(recipes);
          return exitCodes.done;
        }
        const recipe = anyBuiltInRecipe(name);
        run.print(`${JSON.stringify(recipe, null, 2)}\n`);
        run.printJson(recipe);
        return exitCodes.done;
      }),
    );
  addCommonOptions(command);
}
