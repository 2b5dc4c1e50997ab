/** `quality-hub init`: adds reporter, imports and packages to a project that has Playwright. */
import { realpathSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { hubFolderFor } from '@quality-hub/telemetry';
import type { Command, CommandContext } from '../command-line/command.ts';
import { packageVersion } from '../command-line/package-version.ts';
import { InitError, UsageError } from '../errors.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import { changeFiles } from './apply/change-files.ts';
import { undoLast } from './apply/undo-last.ts';
import { shown } from './draft.ts';
import { planSetup } from './plan-setup.ts';
import type { SetupPlan } from './setup-plan.ts';
import { lineDiff } from './source/line-diff.ts';
import { loadParser } from './source/parsed-source.ts';

export const initCommand: Command = {
  name: 'init',
  summary: 'Adds reporter, imports and packages to a Playwright project; shows the changes and asks first.',
  operands: '[folder]',
  maxOperands: 1,
  options: {
    yes: { type: 'boolean', short: 'y', help: 'Makes the changes without asking.' },
    'dry-run': { type: 'boolean', help: 'Shows the changes and makes none.' },
    undo: { type: 'boolean', help: 'Puts the files back as they were before the last init.' },
  },
  about: [
    '[folder] is the project, the current folder by default. Every playwright*.config.* in it and below is set up, and every file that takes `test` from @playwright/test. Installed, built, hidden and git-ignored files are left alone.',
    'What your files say stays: reporters stand inside `reporters(…)`, names that only Playwright has stay imported from there. What cannot be changed safely is left, and one sentence says what to write by hand.',
    'The files as they were are kept in .quality-hub/init until --undo. A file that was edited since is not overwritten.',
  ],
  examples: [
    ['quality-hub init', 'Shows the changes for this project and asks.'],
    ['quality-hub init e2e --dry-run', 'Shows those for the suite in e2e.'],
    ['quality-hub init --undo', 'Takes them back.'],
  ],
  exits: {
    0: 'All is set up, was set up already, or was only to be shown.',
    1: 'Nothing was changed, or a part is left to be done by hand.',
  },
  async run({ positionals, options }, context) {
    const root = projectFolder(context.cwd, positionals[0]);
    const hubFolder = hubFolderFor(root, context.env).path;
    if (options.undo) {
      const other = ['yes', 'dry-run'].find(name => options[name]);
      if (other)
        throw new UsageError(`--undo and --${other} do not go together`, 'Undo never overwrites an edited file');
      return undo(context.terminal, root, hubFolder);
    }
    const plan = await planSetup(root, { parse: await loadParser(), version: packageVersion() });
    showPlan(context.terminal, root, plan);
    const left = plan.byHand.length > 0 ? 1 : 0;
    if (plan.changes.length === 0) {
      if (left === 0) context.terminal.out('Already set up: there is nothing to change.');
      return left;
    }
    if (options['dry-run']) return left;
    if (!options.yes && !(await confirmed(context, plan))) {
      context.terminal.out('Nothing was changed.');
      return 1;
    }
    changeFiles(plan.changes, hubFolder);
    tellNextSteps(context.terminal, plan);
    return left;
  },
};

/** @throws {InitError} (`QH_INIT`) if there is no such folder. */
function projectFolder(cwd: string, given = '.'): string {
  const folder = resolve(cwd, given);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return realpathSync(folder);
  throw new InitError(`There is no folder ${folder}`, 'Name the folder of your suite: `quality-hub init <folder>`');
}

function showPlan(terminal: Terminal, root: string, { changes, byHand, notes }: SetupPlan): void {
  const styles = { '+': 'green', '-': 'red', '@': 'cyan' } as const;
  for (const { path, before, edits } of changes) {
    const [from = '', to = '', ...lines] = lineDiff(shown({ root }, path), before, edits);
    for (const line of [from, to]) terminal.out(terminal.paint('bold', line));
    for (const line of lines) {
      const style = styles[line[0] as keyof typeof styles];
      terminal.out(style ? terminal.paint(style, line) : line);
    }
    terminal.out('');
  }
  const tell = (word: string, sentences: readonly string[]): void => {
    for (const sentence of sentences)
      for (const line of wrap(`${sentence}.`, terminal.width, `${word}  `)) terminal.out(line);
  };
  tell(terminal.paint('bold', 'Note   '), notes);
  tell(terminal.paint('yellow', 'By hand'), byHand);
}

/** @throws {InitError} (`QH_INIT`) if there is nobody to ask. */
async function confirmed({ terminal }: CommandContext, { changes }: SetupPlan): Promise<boolean> {
  if (!terminal.ask) {
    throw new InitError('Nothing was changed: there is no terminal to ask on', 'Run it again with --yes');
  }
  const answer = await terminal.ask(`Change ${plural(changes.length, 'file')}? (y/N) `);
  return /^\s*y(es)?\s*$/i.test(answer);
}

function tellNextSteps(terminal: Terminal, { changes, byHand, install }: SetupPlan): void {
  terminal.out(`Changed ${plural(changes.length, 'file')}. \`npx quality-hub init --undo\` takes it back.`);
  const steps = [install, 'npx playwright test', 'npx quality-hub show'];
  const first = byHand.length > 0 ? 'what is to be done by hand, then ' : '';
  terminal.out(`Next: ${first}${steps.map(step => `\`${step}\``).join(', then ')}.`);
}

function undo(terminal: Terminal, root: string, hubFolder: string): number {
  const { restored, edited } = undoLast(hubFolder);
  for (const path of restored) terminal.out(`Restored ${relative(root, path)}`);
  for (const { path, copy } of edited) {
    const how = copy
      ? `what it was is in ${relative(root, copy)}: compare the two and copy what you want`
      : 'remove it by hand';
    terminal.out(`${relative(root, path)} was edited after init and is left as it is; ${how}.`);
  }
  return edited.length > 0 ? 1 : 0;
}
