import { existsSync, readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { createContext, type GlobalOptions } from '../context';
import { UserError } from '../errors';
import { parseInstances } from '../instances';
import { print, table } from '../output';
import { parseAnswer, postPredictions } from '../prediction-client';
import { readOutputs } from '../stack-outputs';

export function addPredict(program: Command): void {
  program
    .command('predict')
    .description('ask the live model through its prediction API')
    .argument('<file>', 'instances: CSV with a header, a JSON array, or JSON Lines')
    .addHelpText('after', '\nExample:\n  flywheel predict departures.csv --local --json')
    .action(async (file: string, _options: unknown, command: Command) => {
      const globals = command.optsWithGlobals<GlobalOptions>();
      if (!existsSync(file)) {
        throw new UserError(`There is no file ${file}.`, 'file');
      }
      const instances = parseInstances(readFileSync(file, 'utf8'), file);
      const context = createContext(globals);
      const { predictionUrl } = await readOutputs(context);
      const answer = parseAnswer(
        await postPredictions(context, predictionUrl, JSON.stringify({ instances })),
      );
      print(globals.json, answer, () =>
        [
          `${answer.model}, version ${answer.modelVersion}`,
          table(
            ['row', 'score', 'label', 'inference id'],
            answer.predictions.map((prediction, row) => [
              String(row),
              prediction.score.toFixed(4),
              String(prediction.label),
              prediction.inferenceId,
            ]),
          ),
        ].join('\n'),
      );
    });
}
