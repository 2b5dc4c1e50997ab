/** What became of one test, from all of its attempts. */
import type { AttemptRow } from '../store/run-store.ts';
import type { TestOutcome } from './run-life.ts';

/** How one attempt ended. `running`: its writer lives and has not said yet. */
export type AttemptState = 'passed' | 'failed' | 'skipped' | 'interrupted' | 'lost' | 'running';

export interface TestLife {
  readonly outcome: TestOutcome;
  /** Attempts in order; one chain per runner that ran the test. */
  readonly chains: readonly (readonly AttemptRow[])[];
  /** The attempt that a report of this test shows: the last bad one of its worst chain. */
  readonly shown: AttemptRow | undefined;
}

/** Worst first. */
const SEVERITY: readonly TestOutcome[] = ['lost', 'failed', 'flaky', 'notRun', 'passed', 'blocked', 'skipped', 'muted'];

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
  if (status === 'skipped' || status === 'interrupted') return status;
  return status === (expectedStatus ?? 'passed') ? 'passed' : 'failed';
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

/** The runner's own rule, but that a test is `lost` when it was stopped or never ended: the runner calls the first skipped. */
function outcomeOf(chain: readonly AttemptRow[], gone: (writer: string) => boolean): TestOutcome {
  const states = chain.map(attempt => stateOf(attempt, gone));
  const last = states.at(-1);
  if (last === 'lost') return 'lost';
  if (last === 'running') return 'notRun';
  const failed = states.some(isBad);
  if (last === 'interrupted' && !failed) return 'lost';
  const passed = states.includes('passed');
  if (failed) return passed ? 'flaky' : 'failed';
  if (passed) return 'passed';
  return chain.some(({ blocked }) => blocked) ? 'blocked' : 'skipped';
}
