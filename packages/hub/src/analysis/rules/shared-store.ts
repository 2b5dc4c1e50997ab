/** The store that workers share, for locks, the ledger and what breakers know, is broken or down. */
import type { VerdictRule } from '@quality-hub/protocol';
import { firstLine } from '../reading/error-text.ts';

export const storeTrouble: VerdictRule = {
  name: 'store-trouble',
  judge(facts) {
    const said = troubleOf(firstLine(facts));
    if (said === undefined) return undefined;
    return {
      rule: 'store-trouble',
      verdict: 'environment',
      weight01: 0.85,
      reason: `The store that tests share could not be used: ${said}`,
      remedy: 'Look at the file or the server of the section state of the configuration',
      subject: 'the shared state cannot be used',
    };
  },
};

/** What could not be used; also where something is refused because of it, which would be wrong to do without it. */
export function troubleOf(line: string): string | undefined {
  return (
    /^(?:LedgerError|StateError): (.+)/.exec(line)?.[1] ??
    /^UnsupportedError: (?:Nothing is created, since .+? this process|Locks, .+? it cannot be used): (.+)/.exec(
      line,
    )?.[1]
  );
}
