/** A line of what is left behind now, below the report of a run. */
import { errorSentence } from '@quality-hub/protocol';
import type { CommandContext } from '../command-line/command.ts';
import { leftoversHere } from '../sweep/leftovers-here.ts';
import { wrap } from '../terminal/wrap.ts';

/** Says nothing where nothing is left. */
export async function printLeftovers(context: CommandContext): Promise<void> {
  const { out, width } = context.terminal;
  const line = await leftoversHere(context).then(
    found => found?.words && `Leftovers: ${found.words}. \`quality-hub sweep\` removes them.`,
    // The report is what was asked for; what stands in the way here is told beside it.
    (error: unknown) => `Leftovers are not known: ${errorSentence(error)}`,
  );
  if (line) for (const part of wrap(line, width, '')) out(part);
}
