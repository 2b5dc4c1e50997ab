/** A machine or a browser gave up: memory, disk, a killed process. */
import type { AttemptFacts, Finding, VerdictRule } from '@quality-hub/protocol';
import { errorText } from '../reading/error-text.ts';

/** Exit codes that mean "ended by a signal" or "aborted": out of memory, mostly. */
const KILLED_CODES = new Set(['134', '137', '139', '143']);

export const pageCrash: VerdictRule = {
  name: 'page-crash',
  judge(facts) {
    const seen = facts.evidence.find(
      ({ evidence }) => evidence.kind === 'page.error' && evidence.type === 'crash',
    )?.evidence;
    const said = /Target crashed|Page crashed|page has crashed|ERR_PAGE_CRASHED/i.exec(errorText(facts))?.[0];
    if (!seen && said === undefined) return undefined;
    const where = seen?.kind === 'page.error' && seen.url !== undefined ? ` at ${seen.url}` : '';
    return resource(
      'page-crash',
      0.92,
      `The browser's page crashed${where}`,
      'Give the browser more memory (and /dev/shm in a container), run fewer workers, or find out what the page does to it',
      'The page crashed',
    );
  },
};

export const outOfMemory: VerdictRule = {
  name: 'out-of-memory',
  judge(facts) {
    const text = `${errorText(facts)}\n${facts.output}`;
    const words =
      /JavaScript heap out of memory|Allocation failed|Cannot allocate memory|\bENOMEM\b|ERR_OUT_OF_MEMORY|OutOfMemory\w*|out of memory|ERR_INSUFFICIENT_RESOURCES/i.exec(
        text,
      )?.[0];
    return words === undefined
      ? undefined
      : resource(
          'out-of-memory',
          0.85,
          `Memory ran out ("${words}")`,
          'Run fewer workers, give the machine more memory, or find what grows',
          'Memory ran out',
        );
  },
};

export const fullDisk: VerdictRule = {
  name: 'full-disk',
  judge(facts) {
    const words = /ENOSPC|no space left on device|disk (?:is )?full|database or disk is full|EDQUOT/i.exec(
      errorText(facts),
    )?.[0];
    return words === undefined
      ? undefined
      : resource(
          'full-disk',
          0.95,
          `The disk is full ("${words}")`,
          'Make room on the machine: old traces, videos and build outputs first',
          'The disk is full',
        );
  },
};

export const tooManyFiles: VerdictRule = {
  name: 'too-many-files',
  judge(facts) {
    const words = /\bE[MN]FILE\b|too many open files/i.exec(errorText(facts))?.[0];
    return words === undefined
      ? undefined
      : resource(
          'too-many-files',
          0.85,
          `The process ran out of open files ("${words}")`,
          'Close what the tests open, or raise the limit (ulimit -n)',
          'Too many open files',
        );
  },
};

/** The worker died under the test. A plain exit code is the code's own doing. */
export const workerDied: VerdictRule = {
  name: 'worker-died',
  judge(facts) {
    const match = /worker process exited unexpectedly \(code=(\w+), signal=(\w+)\)/.exec(errorText(facts));
    if (!match) return undefined;
    const [, code = 'null', signal = 'null'] = match;
    if (signal === 'null' && !KILLED_CODES.has(code)) {
      return {
        rule: 'worker-died',
        verdict: 'test',
        weight01: 0.6,
        reason: `The worker process ended itself with code ${code}: something in it called process.exit or crashed`,
        remedy: 'Look for process.exit and native modules in what the test loads',
        subject: `The worker ended with code ${code}`,
      };
    }
    const how = signal === 'null' ? `with code ${code}` : `by ${signal}`;
    return resource(
      'worker-died',
      0.9,
      `The worker process was killed ${how}`,
      'Look at the memory of the machine at that time: the system kills the largest process first',
      `The worker was killed ${how}`,
    );
  },
};

/** Something closed the browser that was not the test: without a time-out before it, a crash. */
export const browserClosed: VerdictRule = {
  name: 'browser-closed',
  judge(facts) {
    const text = errorText(facts);
    if (facts.status === 'timedOut' || /timeout of \d+ms exceeded/i.test(text)) return undefined;
    if (
      !/(?:Target page, context or browser|Browser|browser) has (?:been closed|disconnected)|Browser closed|browserContext\.newPage: .*closed/i.test(
        text,
      )
    )
      return undefined;
    const own = facts.steps.some(
      ({ category, title }) => category === 'pw:api' && /^Close (?:page|context|browser)/i.test(title),
    );
    if (own) {
      return {
        rule: 'browser-closed',
        verdict: 'test',
        weight01: 0.6,
        reason: 'The test used a page that it had closed before',
        remedy: 'Close the page after its last use, or await what still uses it',
        subject: 'A closed page was used',
      };
    }
    return resource(
      'browser-closed',
      0.55,
      'The browser was gone in the middle of the test',
      'Look for a browser crash in the system log, and at the memory of the machine',
      'The browser was gone',
    );
  },
};

export const browserMissing: VerdictRule = {
  name: 'browser-missing',
  judge(facts) {
    const text = errorText(facts);
    const words =
      /Executable doesn't exist|Host system is missing dependencies|Failed to launch|error while loading shared libraries|Chromium distribution .* is not found/i.exec(
        text,
      )?.[0];
    if (words === undefined) return undefined;
    return {
      rule: 'browser-missing',
      verdict: 'environment',
      weight01: 0.95,
      reason: `The browser could not be started ("${words}")`,
      remedy: 'Install it with `npx playwright install --with-deps`, in the version that the suite uses',
      subject: 'The browser could not be started',
    };
  },
};

/** The attempt never ended. */
export const runnerGone: VerdictRule = {
  name: 'runner-gone',
  judge({ status, lostBecause }: AttemptFacts) {
    if (status !== 'lost') return undefined;
    return resource(
      'runner-gone',
      0.6,
      `The runner ended before this test did, and left no result${lostBecause === undefined ? '' : `: ${lostBecause}`}`,
      'Look for who ended the run: a time limit of the CI job, a full memory, a cancelled pipeline',
      'The runner was killed',
    );
  },
};

function resource(rule: string, weight01: number, reason: string, remedy: string, subject: string): Finding {
  return { rule, verdict: 'resource', weight01, reason, remedy, subject };
}
