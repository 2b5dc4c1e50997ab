/** What became of one test, from all of its attempts. */
import type { AttemptRow } from '../store/run-store.ts';
import type { TestOutcome } from './run-life.ts';

/**
 * How one attempt ended. `notRun`: the runner passed it over, behind a failure of its serial group or a `beforeAll`, say,
 * though nobody skipped it. `running`: its writer lives and has not said yet.
 */
export type AttemptState = 'passed' | 'failed' | 'skipped' | 'notRun' | 'interrupted' | 'lost' | 'running';

export interface TestLife {
  readonly outcome: TestOutcome;
  /** Attempts in order; one chain per runner that ran the test. */
  readonly chains: readonly (readonly AttemptRow[])[];
  /** The attempt that a report of this test shows: the last bad one of its worst chain. */
  readonly shown: AttemptRow | undefined;
}

/** Worst first. */
const SEVERITY: readonly TestOutcome[] = [
  'lost',
  'failed',
  'flaky',
  'interrupted',
  'notRun',
  'passed',
  'blocked',
  'skipped',
  'muted',
];

/** `gone` says whether a writer will write no more. */
export function lifeOf(attempts: readonly AttemptRow[], gone: (writer: string) => boolean): TestLife {
  const chains = chainsOf(attempts);
  let worst: { outcome: TestOutcome; chain: readonly AttemptRow[] } | undefined;
  for (const chain of chains) {
    const outcome = outcomeOf(chain, gone);
    if (!worst || SEVERITY.indexOf(outcome) < SEVERITY.indexOf(worst.outcome)) worst = { outcome, chain };
  }
  if (!worst) return { outcome: 'notRun', chains, shown: undefined };
  const bad = worst.chain.filter(attempt => isBad(stateOf(attempt, gone)));
  return { outcome: worst.outcome, chains, shown: bad.at(-1) ?? worst.chain.at(-1) };
}

/** An unexpected pass is a failure, an expected failure is a pass. */
export function stateOf(
  { status, expectedStatus, writer }: AttemptRow,
  gone: (writer: string) => boolean,
): AttemptState {
  if (status === undefined) return gone(writer) ? 'lost' : 'running';
  if (status === 'interrupted') return status;
  const expected = expectedStatus ?? 'passed';
  if (status === 'skipped') return expected === 'skipped' ? 'skipped' : 'notRun';
  return status === expected ? 'passed' : 'failed';
}

export function isBad(state: AttemptState): boolean {
  return state === 'failed' || state === 'lost';
}

/** A writer replays or runs a test from its retry 0 on: there a chain begins. */
function chainsOf(attempts: readonly AttemptRow[]): AttemptRow[][] {
  const ordered = [...attempts].sort((a, b) => (a.writer < b.writer ? -1 : a.writer > b.writer ? 1 : a.seq - b.seq));
  const chains: AttemptRow[][] = [];
  for (const attempt of ordered) {
    const chain = chains.at(-1);
    if (!chain || attempt.retry === 0 || chain[0]?.writer !== attempt.writer) chains.push([attempt]);
    else chain.push(attempt);
  }
  return chains;
}

/**
 * The runner's own rule, with the attempt that never ended added to it. The runner judges every attempt by what the last
 * one expected, takes a failed test that then skipped itself for flaky, and tells apart what skipped itself, what was
 * stopped and what it never came to.
 */
function outcomeOf(chain: readonly AttemptRow[], gone: (writer: string) => boolean): TestOutcome {
  const expectedStatus = chain.findLast(attempt => attempt.expectedStatus)?.expectedStatus;
  const states = chain.map(attempt => stateOf({ ...attempt, expectedStatus }, gone));
  const last = states.at(-1);
  if (last === 'lost') return 'lost';
  if (last === 'running') return 'notRun';
  const failed = states.some(isBad);
  const passed = states.includes('passed');
  if (failed) return passed || states.includes('skipped') ? 'flaky' : 'failed';
  if (passed) return 'passed';
  if (states.includes('interrupted')) return 'interrupted';
  if (chain.some(({ blocked }) => blocked)) return 'blocked';
  return last === 'skipped' ? 'skipped' : 'notRun';
}
