/** `quality-hub seal`: masks the results of a run, and looks whether anything was missed. */
import { resolve } from 'node:path';
import { placeOf, sealArtifacts } from '@quality-hub/artifacts';
import { findHubFolder, type Mask } from '@quality-hub/telemetry';
import type { Command, CommandContext } from '../command-line/command.ts';
import { oneOf, positiveInteger } from '../command-line/parse-arguments.ts';
import { knownMask, MASK_ENV, MASK_SECRETS } from '../hub-access/secret-values.ts';
import { resultPaths } from '../scan/result-folders.ts';
import { plural } from '../terminal/words.ts';

const DEFAULT_SECONDS = 120;
const VERIFY = ['fail', 'warn', 'off'] as const;

export const sealCommand: Command = {
  name: 'seal',
  summary: 'masks traces and reports before they are uploaded, and verifies that nothing is left',
  operands: '[path…]',
  maxOperands: Number.POSITIVE_INFINITY,
  options: {
    'mask-env': MASK_ENV,
    secrets: MASK_SECRETS,
    'budget-seconds': {
      type: 'string',
      value: '<number>',
      help: `Longest time for it; files that it is not enough for are moved away and named. By default ${DEFAULT_SECONDS}.`,
    },
    verify: {
      type: 'string',
      value: '<how>',
      help: `What a value that is still there does: ${VERIFY.join(', ')}. By default fail.`,
    },
    json: { type: 'boolean', help: 'Prints { changed, aside, troubles, findings, isVerified, left } as JSON.' },
  },
  about: [
    'For CI jobs that name reporters on the command line; in a configuration, reporters([…]) puts a seal behind all others, which does it at the end of each run and knows what only the run knew.',
    'What is kept of the last run in .quality-hub is masked with the same values.',
    'By default it masks test-results, playwright-report and blob-report, as far as they are here: texts, JSON, XML, traces and other zip files, the HTML report with its data. Then every byte of them is read again.',
    'Pixels cannot be masked: screenshots and videos stay as they are.',
  ],
  examples: [
    ['quality-hub seal', 'After a run, in its project.'],
    ['quality-hub seal --secrets', 'The secrets of the configuration too, read from their stores.'],
    ['quality-hub seal artifacts results.xml --mask-env SHOP_PIN', 'Other places, and one more value.'],
  ],
  exits: {
    0: 'Everything is masked, and nothing is left.',
    1: 'A value is still there, or something could not be masked or looked through.',
  },
  async run({ positionals, options }, context) {
    const verify = oneOf('verify', options.verify, VERIFY) ?? 'fail';
    const seconds = positiveInteger('budget-seconds', options['budget-seconds'], DEFAULT_SECONDS);
    const paths = resultPaths(positionals, context.cwd).map(path => resolve(context.cwd, path));
    const { mask, unread } = await knownMask(options, context);
    const sealed = await sealArtifacts(paths, { mask, budgetMs: seconds * 1_000, verify: verify !== 'off' });
    const { changed, aside, findings } = sealed;
    const troubles = [...unread, ...sealed.troubles];
    const left = await maskLastRun(mask, context);
    const { terminal } = context;
    if (options.json) terminal.out(JSON.stringify({ ...sealed, troubles, left }, null, 2));
    else {
      for (const path of changed) terminal.out(`Masked ${path}`);
      for (const { path, movedTo } of aside) terminal.err(`There was no time for ${path}: it is in ${movedTo} now.`);
      for (const { path, reason } of troubles) terminal.err(`${path} may hold a secret: ${reason}.`);
      for (const finding of findings)
        terminal.err(`${placeOf(finding)}  still holds a ${finding.meaning} (${finding.preview})`);
      for (const path of left) terminal.err(`${path} still holds a value that is known to be secret.`);
      terminal.out(`${plural(changed.length, 'file')} masked; looked for ${plural(mask.size, 'known value')}.`);
    }
    return troubles.length > 0 || (findings.length + left.length > 0 && verify === 'fail') ? 1 : 0;
  },
};

/** Its record, unless it goes on. Where a value still is. */
async function maskLastRun(mask: Mask, { cwd, env }: CommandContext): Promise<readonly string[]> {
  const folder = findHubFolder(cwd, env);
  if (folder === undefined || mask.size === 0) return [];
  const { maskRun, openHub } = await import('@quality-hub/hub');
  const hub = openHub({ folder });
  try {
    await hub.catchUp();
    const [last] = await hub.runs({ limit: 1 });
    if (last === undefined || last.state === 'running' || last.state === 'planned') return [];
    return (await maskRun({ folder, runId: last.id, mask })).left;
  } finally {
    await hub.close();
  }
}
