/** The event-stream contract as a suite for Vitest, or any runner with `describe` and `test`. */
import type { RunEvent } from '@quality-hub/protocol';
import { eventStreamContract } from './event-stream-contract.ts';

/** The two functions of a test runner that the suite uses; Vitest's fit as they are. */
export interface SuiteFunctions {
  readonly describe: (name: string, body: () => void) => void;
  readonly test: (name: string, body: () => Promise<void>) => void;
}

/**
 * Registers a suite that fails with a list of all violations.
 *
 * @param source Gives the events; called once, inside the test.
 */
export function describeEventStreamContract(
  name: string,
  source: () => readonly RunEvent[] | Promise<readonly RunEvent[]>,
  { describe, test }: SuiteFunctions,
): void {
  describe(name, () => {
    test('keeps the event-stream contract', async () => {
      const events = await source();
      const violations = events.length === 0 ? ['There are no events'] : eventStreamContract(events);
      if (violations.length > 0) throw new Error(`The event stream breaks its contract:\n- ${violations.join('\n- ')}`);
    });
  });
}
