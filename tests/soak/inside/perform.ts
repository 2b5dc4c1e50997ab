/** What one test of a killed project does: numbered evidence, a printed secret, a pause, an end, or a fault. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, type TestInfo } from '@playwright/test';
import { test as base } from '@quality-hub/test';
import { TESTS_FILE, tell, testName } from './told.ts';

/** Where a worker ends itself. */
export const FAULT_PLACES = ['body', 'beforeAll', 'beforeEach', 'afterEach', 'afterAll', 'fixture'] as const;
export type FaultPlace = (typeof FAULT_PLACES)[number];
export type FaultAct = 'exit 0' | 'exit 1' | 'abort' | 'SIGKILL';

export interface Script {
  readonly ends: 'passes' | 'fails' | 'is flaky' | 'skips itself';
  /** Pieces of evidence. */
  readonly evidence: number;
  readonly pauseMs: number;
}

/** Name of the variable whose value must never be found in clear. */
export const SECRET_VARIABLE = 'SOAK_PASSWORD';

/** Ends the worker in its fixture's teardown where the test asks for it by `faultAtTeardown`. */
export const test = base.extend<{ faultAtTeardown: FaultAct | undefined; torn: undefined }>({
  faultAtTeardown: [undefined, { option: true }],
  torn: [
    async ({ faultAtTeardown }, use) => {
      await use(undefined);
      if (faultAtTeardown !== undefined) commit(faultAtTeardown);
    },
    { auto: true },
  ],
});

export async function perform(
  evidence: (note: string, data: unknown) => void,
  { project, titlePath: [file = '', ...titles], retry }: TestInfo,
  { ends, evidence: pieces, pauseMs }: Script,
): Promise<void> {
  const secret = process.env[SECRET_VARIABLE];
  const name = testName(project.name, file, titles);
  for (let number = 1; number <= pieces; number++) {
    evidence(`fact ${number}`, { login: `clerk ${secret}` });
    tell(TESTS_FILE, { said: 'evidence', test: name, retry, number });
    console.log(`${name} fact ${number} ${secret}`);
    await sleep(pauseMs / pieces);
  }
  tell(TESTS_FILE, { said: 'done', test: name, retry });
  if (ends === 'skips itself') test.skip();
  if (ends === 'fails' || (ends === 'is flaky' && retry === 0)) expect(`${name} ${secret}`).toBe('something else');
}

/** Ends this worker. */
export function commit(act: FaultAct): void {
  if (act === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
  else if (act === 'abort') process.abort();
  else process.exit(act === 'exit 0' ? 0 : 1);
}
