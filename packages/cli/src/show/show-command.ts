/** `quality-hub show`: what happened in a run, and why. */
import { VERDICTS } from '@quality-hub/protocol';
import type { Command } from '../command-line/command.ts';
import { oneOf, positiveInteger } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { reportOf } from '../hub-access/report-of.ts';
import { withHub } from '../hub-access/with-hub.ts';
import { leftoversHere } from '../sweep/leftovers-here.ts';
import { printLeftovers } from './print-leftovers.ts';
import { printReport } from './print-report.ts';

const DEFAULT_LIMIT = 20;

export const showCommand: Command = {
  name: 'show',
  summary: 'Shows the failures of a run by cause, with verdict, reasons and remedy.',
  operands: '[run]',
  maxOperands: 1,
  options: {
    verdict: { type: 'string', value: '<verdict>', help: `Only failures with this verdict: ${VERDICTS.join(', ')}.` },
    limit: { type: 'string', value: '<number>', help: `Most failing tests to print. ${DEFAULT_LIMIT} by default.` },
    json: { type: 'boolean', help: 'Prints the whole report as JSON, described in docs/show-json.md.' },
  },
  about: [
    '[run] is the id of a run, the beginning of one, or `latest`, which is the default.',
    'Everything the run has written is read first. So a run that is still going on is shown as far as it is, and one whose runner was killed is shown with what was lost.',
  ],
  examples: [
    ['quality-hub show', 'The latest run.'],
    ['quality-hub show 8f3a --verdict product', 'Only what the product is to blame for.'],
    ['quality-hub show --json > report.json', 'The report for a script.'],
  ],
  exits: { 0: 'The run was shown, whatever its result.', 1: 'There is no such run, or it cannot be read.' },
  async run({ positionals, options }, context) {
    const verdict = oneOf('verdict', options.verdict, VERDICTS);
    const limit = positiveInteger('limit', options.limit, DEFAULT_LIMIT);
    if (options.json && (options.verdict !== undefined || options.limit !== undefined)) {
      throw new UsageError(
        '--json prints the whole report, --verdict and --limit do not go with it',
        'Filter the JSON where you read it',
      );
    }
    const report = await withHub(context, hub => reportOf(hub, positionals[0] ?? 'latest'));
    if (options.json) {
      // The report is what was asked for: what cannot be known now is left out.
      const backlog = await leftoversHere(context).then(
        found => found?.backlog,
        () => undefined,
      );
      context.terminal.out(JSON.stringify({ ...report, ...(backlog && { backlog }) }, null, 2));
    } else {
      printReport(context.terminal, report, { limit, ...(verdict === undefined ? {} : { verdict }) });
      await printLeftovers(context);
    }
    return 0;
  },
};
