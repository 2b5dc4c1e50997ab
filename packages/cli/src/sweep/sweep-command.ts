/** `quality-hub sweep`: removes what tests have left behind. */
import type { Command } from '../command-line/command.ts';
import { positiveInteger } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { endSignal } from '../terminal/end-signal.ts';

const DEFAULT_TIMEOUT_S = 120;
/** More often than that, sweeps would only be in the way of each other. */
const MIN_EVERY_MS = 10_000;
/** A timer of Node waits no longer than 2^31 ms. */
const MAX_EVERY_MS = 24 * 86_400_000;
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

export const sweepCommand: Command = {
  name: 'sweep',
  summary: 'Removes what tests have created and nobody has removed.',
  operands: '',
  maxOperands: 0,
  options: {
    'dry-run': { type: 'boolean', help: 'Lists what it would remove, and removes nothing.' },
    run: { type: 'string', value: '<id>', help: 'Only what this run has created.' },
    kind: { type: 'string', value: '<factory>', help: 'Only what this factory has created.' },
    owner: {
      type: 'string',
      value: '<name>',
      help: 'Only what this worker, or a test with this in its title, has created.',
    },
    older: { type: 'string', value: '<time>', help: 'Only what is at least so old: 30m, 2h, 7d.' },
    every: {
      type: 'string',
      value: '<time>',
      help: 'Stays, sweeps at once and then so often: 10m, 6h. Ends with Ctrl+C or SIGTERM, within a second.',
    },
    timeout: { type: 'string', value: '<s>', help: `Longest time, in seconds. ${DEFAULT_TIMEOUT_S} by default.` },
    environment: { type: 'string', value: '<name>', help: 'Environment of the configuration.' },
    forget: {
      type: 'string',
      value: '<id>',
      help: 'Takes one entry off the list and removes nothing: for what you have removed by hand. --json tells ids. `elsewhere`: all that were created at other addresses than those of this configuration.',
    },
    json: {
      type: 'boolean',
      help: 'Prints { gone, stays: [{ id, kind, record, owner, … }], living, isBusy, backlog: { orphans, failed, oldestMs, byKind, living } } as JSON; with --every in one line for each sweep, with { at }.',
    },
  },
  about: [
    'Every record is written down before it is created. What stands there and belongs to no worker that lives is a leftover: of a worker that was killed, or of a removal that failed.',
    'The factories of data.factories in the configuration know how to remove it. They are loaded by Node alone. What none of them knows stays, and is listed; so does what was created where clients and databases had other addresses, or in another environment.',
    'A run does the same by itself when it first uses data. Let CI run this command each night as well, for runs that nobody follows; or let it stay beside a shared store, with --every. It reads the configuration and the factories when it begins, says one line for each sweep, and goes on after one that fails. Never do two sweep one store at the same time, on whatever machines.',
  ],
  examples: [
    ['quality-hub sweep --dry-run', 'What is left, and whose it is.'],
    ['quality-hub sweep --older 2h', 'Removes what is older than two hours.'],
    ['quality-hub sweep --every 6h --older 2h', 'The same, four times a day, until it is ended.'],
    ['quality-hub sweep --run 8f3a --kind order', 'Only orders of one run.'],
  ],
  exits: {
    0: 'Nothing of what was asked for is left; with --dry-run it was listed. With --every: it was told to end.',
    1: 'Something stays, or factories cannot be loaded.',
  },
  async run({ options }, context) {
    const { run, kind, owner, older, every, forget, json, environment } = options;
    const timeoutMs = positiveInteger('timeout', options.timeout, DEFAULT_TIMEOUT_S) * 1_000;
    const filter = {
      ...(typeof run === 'string' ? { run } : {}),
      ...(typeof kind === 'string' ? { kind } : {}),
      ...(typeof owner === 'string' ? { owner } : {}),
      ...(typeof older === 'string' ? { olderThanMs: readTime('older', older) } : {}),
    };
    const everyMs = typeof every === 'string' ? readInterval(every) : undefined;
    if (everyMs !== undefined && forget !== undefined) {
      throw new UsageError(
        '--forget takes an entry off the list once, --every does not go with it',
        'Give one of the two',
      );
    }
    const { forgetElsewhere, forgetEntry, sweepHere } = await import('./sweep-here.ts');
    const place = { ...context, environment: typeof environment === 'string' ? environment : undefined };
    if (forget === 'elsewhere') return forgetElsewhere(place);
    if (typeof forget === 'string') return forgetEntry(forget, place);
    const wishes = { filter, timeoutMs, dryRun: options['dry-run'] === true, json: json === true };
    if (everyMs === undefined) return sweepHere(wishes, place);
    const { sweepEvery } = await import('./sweep-every.ts');
    return sweepEvery(wishes, place, { everyMs, signal: endSignal() });
  },
};

/** @throws {UsageError} (`QH_USAGE`) */
function readInterval(text: string): number {
  const ms = readTime('every', text);
  if (ms >= MIN_EVERY_MS && ms <= MAX_EVERY_MS) return ms;
  throw new UsageError(`--every is "${text}", 10s to 24d was expected`, 'For example `--every 6h`');
}

/** `2h` in milliseconds. @throws {UsageError} (`QH_USAGE`) */
function readTime(name: string, text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return Number(count) * (UNITS[unit] ?? 0);
  throw new UsageError(
    `--${name} is "${text}", a number with s, m, h or d behind it was expected`,
    `For example \`--${name} 2h\``,
  );
}
