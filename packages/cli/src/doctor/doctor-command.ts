/** `quality-hub doctor`: what will spoil a run, before it does. */
import type { Command } from '../command-line/command.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plural } from '../terminal/words.ts';
import { wrap } from '../terminal/wrap.ts';
import type { CheckResult, CheckStatus } from './check.ts';
import { examine } from './examine.ts';

const STYLES = { ok: 'green', warn: 'yellow', fail: 'red' } as const;

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Looks for what will spoil a run: versions, copies, configuration, fixtures.',
  operands: '',
  maxOperands: 0,
  options: {
    config: {
      type: 'string',
      short: 'c',
      value: '<file>',
      help: 'Playwright configuration, or its folder. Else as Playwright finds it here.',
    },
    json: { type: 'boolean', help: 'Prints { checks: [{ name, status, message, remedy? }], counts } as JSON.' },
  },
  about: [
    'The configuration is loaded by your own Playwright; no test, server or browser is started and no report is written.',
    'Fixtures are judged by the text of your files, so what is said about them is a hint.',
  ],
  examples: [
    ['quality-hub doctor', 'Examines the suite in this folder.'],
    ['quality-hub doctor --config e2e', 'Examines the one in e2e.'],
    ['quality-hub doctor --json', 'The same for a script.'],
  ],
  exits: { 0: 'No check failed; there may be warnings.', 1: 'A check failed.' },
  async run({ options }, { terminal, cwd, env }) {
    const config = typeof options.config === 'string' ? { config: options.config } : {};
    const checks = await examine({ cwd, env, ...config });
    const counts = countStatuses(checks);
    if (options.json) terminal.out(JSON.stringify({ checks, counts }, null, 2));
    else print(terminal, checks, counts);
    return counts.fail > 0 ? 1 : 0;
  },
};

function countStatuses(checks: readonly CheckResult[]): Record<CheckStatus, number> {
  const counts = { ok: 0, warn: 0, fail: 0 };
  for (const { status } of checks) counts[status]++;
  return counts;
}

function print(terminal: Terminal, checks: readonly CheckResult[], counts: Record<CheckStatus, number>): void {
  const { paint, width } = terminal;
  for (const { status, message, remedy } of checks) {
    for (const line of wrap(`${message}.`, width, `${paint(STYLES[status], status.padEnd(4))}  `)) terminal.out(line);
    if (remedy) for (const line of wrap(`${remedy}.`, width, `      ${paint('dim', '→')} `)) terminal.out(line);
  }
  terminal.out('');
  const total = `${plural(checks.length, 'check')}: ${counts.ok} ok, ${plural(counts.warn, 'warning')}, ${counts.fail} failed`;
  terminal.out(paint('bold', total));
}
