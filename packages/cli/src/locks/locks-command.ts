/** `quality-hub locks`: who holds what, who waits, what is kept back; and how it is ended by hand. */
import type { Command } from '../command-line/command.ts';
import { didYouMean, positiveInteger } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';

const EVENTS = 20;
const ACTIONS = ['break', 'pardon'];

export const locksCommand: Command = {
  name: 'locks',
  summary: 'Shows who holds which lock and which member of a pool, and who waits.',
  operands: '[break|pardon] [name]',
  maxOperands: 2,
  options: {
    history: {
      type: 'string',
      value: '<number>',
      help: `How many of the last events are shown. ${EVENTS} by default.`,
    },
    yes: { type: 'boolean', help: 'break: does not ask.' },
    json: { type: 'boolean', help: 'Prints { leases, waiters, quarantined, history } as JSON.' },
  },
  about: [
    'The locks are those of the state that the configuration names, of all runs that share it. A lease ends by itself soon after its holder was killed; what is shown as held is held.',
    'break ends the lease of a lock, of a member (cashiers/c1) or of work that is done once ("once build the index"). Its holder hears of it with the next renewal, and nothing more is sent by the clients of that test. pardon lets a member be lent again that is kept back. Both are written into the audit trail, with who did it.',
  ],
  examples: [
    ['quality-hub locks', 'What is held now, who waits, and the last events.'],
    ['quality-hub locks break billing', 'Ends the lock, after asking.'],
    ['quality-hub locks pardon cashiers/c1', 'Lends the member again.'],
  ],
  exits: { 0: 'It was shown, or done.', 1: 'There is no such lock or member, or it was not wanted after all.' },
  async run(args, context) {
    const { positionals, options } = args;
    const [action, name, ...more] = positionals;
    const events = options.history === '0' ? 0 : positiveInteger('history', options.history, EVENTS);
    if (action !== undefined && !ACTIONS.includes(action)) {
      throw new UsageError(
        `quality-hub locks cannot "${action}"${didYouMean(action, ACTIONS)}`,
        `It can ${ACTIONS.join(', ')}`,
      );
    }
    if ((action !== undefined && name === undefined) || more.length > 0) {
      throw new UsageError(`quality-hub locks ${action} takes one name`, '`quality-hub locks` shows all of them');
    }
    const { locksHere, withState } = await import('./locks-here.ts');
    if (action !== undefined && name !== undefined) {
      const { breakLock, pardonMember } = await import('./break-lock.ts');
      return withState(context, runtime =>
        action === 'break' ? breakLock(name, args, context, runtime) : pardonMember(name, context, runtime),
      );
    }
    const here = await withState(context, locksHere);
    if (options.json) context.terminal.out(JSON.stringify(here, null, 2));
    else (await import('./print-locks.ts')).printLocks(context.terminal, here, { now: Date.now(), history: events });
    return 0;
  },
};
