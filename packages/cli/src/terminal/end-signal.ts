/** How a command that stays is told to end. */

/** What takes longer than that to end is left: a service manager would wait, and then kill. */
const GRACE_MS = 900;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Aborts with the first SIGINT or SIGTERM that this process gets. From then on it ends by itself, or after 900 ms, with the exit
 * code 0; a second signal ends it at once.
 */
export function endSignal(): AbortSignal {
  const ended = new AbortController();
  const end = (name: NodeJS.Signals): void => {
    for (const signal of SIGNALS) process.off(signal, end);
    setTimeout(() => process.exit(0), GRACE_MS).unref();
    ended.abort(new Error(`${name} has ended it`));
  };
  for (const signal of SIGNALS) process.on(signal, end);
  return ended.signal;
}
