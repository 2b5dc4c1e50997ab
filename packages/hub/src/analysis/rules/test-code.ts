/** The test itself is wrong: its locators, its code, its use of the runner. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';
import { errorText, firstLine, isAssertion, locatorOf, nothingFound } from '../reading/error-text.ts';
import { healthOf, NO_TRAFFIC } from '../reading/health.ts';
import { troubleOf } from './shared-store.ts';
import { unwrittenRead } from './stale-read.ts';

export const strictMode: VerdictRule = {
  name: 'strict-mode',
  judge(facts) {
    const match = /strict mode violation: (.+) resolved to (\d+) elements?/.exec(errorText(facts));
    if (!match) return undefined;
    return {
      rule: 'strict-mode',
      verdict: 'test',
      weight01: 0.8,
      reason: `The locator ${match[1]} means ${match[2]} elements, where one is needed`,
      remedy: 'Make the locator name one element: by role and name, or within a region',
      subject: `${match[1]} is ambiguous`,
    };
  },
};

/** An action waited for an element that never came, while the page and its traffic were well. */
export const locatorNeverMatched: VerdictRule = {
  name: 'locator-never-matched',
  judge(facts) {
    const text = errorText(facts);
    const locator = locatorOf(text);
    if (locator === undefined || !nothingFound(text)) return undefined;
    const { isHealthy, summary } = healthOf(facts);
    if (!isHealthy) return undefined;
    return {
      rule: 'locator-never-matched',
      verdict: 'test',
      weight01: isAssertion(facts) || unwrittenRead(facts) ? 0.25 : 0.45,
      reason: `Nothing on the page matched ${locator}, though ${summary}`,
      remedy: 'Compare the locator with the page in the trace: the page may have changed its words or structure',
      subject: `${locator} matches nothing`,
    };
  },
};

/** The test's own code threw. When the back end was in trouble, it most likely tripped over its answer. */
export const exceptionInTest: VerdictRule = {
  name: 'exception-in-test',
  judge(facts) {
    const line = firstLine(facts);
    const type = /^(TypeError|ReferenceError|RangeError|SyntaxError|AssertionError)(?: \[[^\]]+\])?: /.exec(line)?.[1];
    if (type === undefined || /fetch failed/.test(line) || isAssertion(facts)) return undefined;
    const file = facts.errors[0]?.location?.file ?? facts.location.file;
    if (file.includes('node_modules/')) return undefined;
    const { isHealthy, summary } = healthOf(facts);
    const calm = isHealthy || summary === NO_TRAFFIC;
    const tripped = type === 'TypeError' && /Cannot read propert|not iterable|undefined|null/.test(line);
    return {
      rule: 'exception-in-test',
      verdict: 'test',
      weight01: calm ? (tripped && isHealthy ? 0.55 : 0.68) : 0.25,
      reason: `${file} threw ${line}`,
      remedy: 'Fix the code at that place; guard what it reads from answers',
      subject: `${file} throws ${type}`,
    };
  },
};

/** The configuration of the suite says something it may not: every test that needs it fails with the same sentence. */
export const wrongConfiguration: VerdictRule = {
  name: 'wrong-configuration',
  judge(facts) {
    const match =
      /(\S*quality-hub\.config\.\w+)\S* (?:has (?:a problem|\d+ problems)|cannot be loaded):\s*(?:- )?(.*)/.exec(
        errorText(facts),
      );
    if (!match) return undefined;
    return {
      rule: 'wrong-configuration',
      verdict: 'test',
      weight01: 0.95,
      reason: `${match[1]} cannot be used: ${match[2]}`,
      remedy: 'Correct the configuration: all that is wrong with it is told before the run',
      subject: 'the configuration is wrong',
    };
  },
};

/** What our own packages say to a test that asks them for something there is none of, or in a wrong way. */
const WRONG_USE =
  /^(BuildError|DataEndedError|FactoriesError|FactoryNameError|NumbersUsedUpError|OptionError|PoolNameError|RuntimeNameError|UnknownPartError|UnsupportedError): (.+)/;

/** Of errors with several causes: that there is no such thing at all. */
const NONE_SUCH =
  /^(DatasetError|EnvironmentError|PoolEmptyError|SnapshotError): ((?:There is no (?:environment|file|snapshot) |\S+ \S+ is no format|.+ nothing is a?).*)/;

export const wrongUse: VerdictRule = {
  name: 'wrong-use',
  judge(facts) {
    const line = firstLine(facts);
    const [, name, said] = WRONG_USE.exec(line) ?? NONE_SUCH.exec(line) ?? [];
    if (said === undefined || troubleOf(line) !== undefined) return undefined;
    // What is over because its time is over has another cause.
    if (name === 'DataEndedError' && facts.status === 'timedOut') return undefined;
    return {
      rule: 'wrong-use',
      verdict: 'test',
      weight01: 0.85,
      reason: `The test asks for what it cannot have: ${said}`,
      remedy: 'Correct the call, the factory or the configuration that it names',
      subject: said,
    };
  },
};

export const unexpectedPass: VerdictRule = {
  name: 'unexpected-pass',
  judge({ status, expectedStatus }) {
    if (status !== 'passed' || expectedStatus === 'passed') return undefined;
    return {
      rule: 'unexpected-pass',
      verdict: 'test',
      weight01: 0.85,
      reason: 'The test is marked as failing with test.fail(), but it passed',
      remedy: 'Remove the test.fail() mark: what it waited for seems to be fixed',
    };
  },
};

export const missingSnapshot: VerdictRule = {
  name: 'missing-snapshot',
  judge(facts) {
    if (!/A snapshot doesn't exist at|snapshot .* is missing/i.test(errorText(facts))) return undefined;
    return {
      rule: 'missing-snapshot',
      verdict: 'test',
      weight01: 0.9,
      reason: 'The snapshot to compare with does not exist yet',
      remedy: 'Commit the snapshot that this run has written, after looking at it',
    };
  },
};

const MISUSE =
  /(?:test|test\.\w+|expect\.\w+)\(\) can only be called|did not expect test(?:\.\w+)?\(\) to be called|Fixture "[^"]+" (?:timeout|has unknown)|has unknown parameter|Unknown (?:engine|selector)|Unexpected token .* while parsing (?:css )?selector|is not a valid selector|ENOENT: no such file or directory|Cannot find (?:module|package)|use\(\) was not called/;

/** The runner, a fixture or a file was used in a way that cannot work. */
export const misuse: VerdictRule = {
  name: 'misuse',
  judge(facts: AttemptFacts) {
    const words = MISUSE.exec(errorText(facts))?.[0];
    if (words === undefined) return undefined;
    return {
      rule: 'misuse',
      verdict: 'test',
      weight01: 0.75,
      reason: `The test's set-up cannot work ("${words}")`,
      remedy: 'Correct the call, the selector or the file name in the test',
    };
  },
};
