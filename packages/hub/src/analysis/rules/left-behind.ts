/** The attempt has tripped over what a test before it has left, or has itself left what it may not. */
import { type AttemptFacts, leaksIn, leakWords, type VerdictRule } from '@quality-hub/protocol';
import { answerText, errorText } from '../reading/error-text.ts';

const PORT = /EADDRINUSE[^\n]*?:(\d+)\b|address already in use[^\n]*?:(\d+)\b/i;
const TWINS =
  /unique constraint|violates unique|duplicate (?:key|entry)|SQLITE_CONSTRAINT|E11000|ER_DUP_ENTRY|\b23505\b|already (?:exists|registered|taken)/i;

/** The port that was in use, or undefined where none was. */
export function takenPort(facts: AttemptFacts): string | undefined {
  const match = PORT.exec(errorText(facts));
  return match?.[1] ?? match?.[2];
}

/** Something was there already: the error says so, or a database has. */
export function tellsOfTwins(facts: AttemptFacts): boolean {
  return TWINS.test(textOf(facts));
}

/** A test before it still listens on the port; or somebody else does. */
export const portInUse: VerdictRule = {
  name: 'port-in-use',
  judge(facts) {
    const port = takenPort(facts);
    if (port === undefined) return undefined;
    const guilty = facts.leftBehind?.findLast(
      ({ leak }) => leak?.closed === false && leak.thing === 'server' && leak.name === `on port ${port}`,
    );
    if (guilty?.leak === undefined && opensItself(facts, port))
      return {
        rule: 'port-in-use',
        verdict: 'test',
        weight01: 0.9,
        reason: `Port ${port} is in use: the test itself had opened it, and listens there once more`,
        remedy: 'Let each server choose a free port: listen(0)',
        subject: `Port ${port} is opened twice`,
      };
    if (guilty?.leak === undefined)
      return {
        rule: 'port-in-use',
        verdict: 'environment',
        weight01: 0.55,
        reason: `Port ${port} is in use, and no test of this run is known to have left it open`,
        remedy: 'Find who listens there, or let the server of the test choose a free port: listen(0)',
        subject: `Port ${port} is in use`,
      };
    const isOwn = guilty.test === facts.test;
    return {
      rule: 'port-in-use',
      verdict: isOwn ? 'test' : 'interference',
      weight01: 0.94,
      reason: `Port ${port} is in use: ${isOwn ? 'an attempt of this test before' : `"${guilty.title}"`} had left ${leakWords(guilty.leak)} open`,
      remedy: `Close it${guilty.leak.at === undefined ? '' : ` where it is opened, at ${guilty.leak.at}`}, or let \`qhLeaks: 'close-all'\` do it`,
      subject: `Port ${port} is left open`,
    };
  },
};

/** What it had open when it failed is in its own evidence. */
function opensItself(facts: AttemptFacts, port: string): boolean {
  const own = facts.evidence.flatMap(({ evidence }) => leaksIn(evidence));
  return own.some(({ thing, name }) => thing === 'server' && name === `on port ${port}`);
}

/** It wanted to create what a test before it could not remove. */
export const leftRecord: VerdictRule = {
  name: 'left-record',
  judge(facts) {
    if (!tellsOfTwins(facts)) return undefined;
    const text = textOf(facts);
    const named = facts.leftBehind?.findLast(({ record }) => record !== undefined && isNamedIn(record, text));
    const alike = facts.leftBehind?.findLast(({ record }) => record !== undefined && isKindIn(record, text));
    const left = named ?? alike;
    if (left?.record === undefined) return undefined;
    return {
      rule: 'left-record',
      verdict: 'data',
      weight01: named ? 0.9 : 0.55,
      reason: `${left.test === facts.test ? 'An attempt of this test before' : `"${left.title}"`} had left ${left.record} behind: it could not be removed${left.detail === undefined ? '' : ` (${left.detail})`}`,
      remedy: 'Remove it with `quality-hub sweep`, and mend what keeps it from being removed',
      subject: `${kindOf(left.record)} is left behind`,
    };
  },
};

/** `qhLeaks: 'fail'` has failed it. */
export const leftOpen: VerdictRule = {
  name: 'left-open',
  judge(facts) {
    const match = /\bThe test left (.+?) open: ([^\n]+)/.exec(errorText(facts));
    if (!match) return undefined;
    return {
      rule: 'left-open',
      verdict: 'test',
      weight01: 0.95,
      reason: `It did not close what it opened: ${match[2]}`,
      remedy: 'Close each where it was opened, in a finally block or in the teardown of a fixture',
      subject: `${match[1]} left open`,
    };
  },
};

const CLOSED = /(?:page|context|browser) has been closed|The test that opened it .*has ended without closing it/i;
const OF_BROWSERS = new Set(['browser', 'context', 'page']);

/** A page, a context or a browser was gone. */
export function tellsOfClosed(facts: AttemptFacts): boolean {
  return CLOSED.test(errorText(facts));
}

/** It used what an earlier test of its file had opened, and what was closed with the end of that test. */
export const closedBehindTest: VerdictRule = {
  name: 'closed-behind-test',
  judge(facts) {
    if (!tellsOfClosed(facts)) return undefined;
    const opener = facts.leftBehind?.findLast(
      ({ test, leak }) =>
        test !== facts.test &&
        leak?.closed === true &&
        OF_BROWSERS.has(leak.thing) &&
        leak.at?.startsWith(`${facts.identity.file}:`),
    );
    if (opener?.leak === undefined) return undefined;
    const { thing, at } = opener.leak;
    return {
      rule: 'closed-behind-test',
      verdict: 'test',
      weight01: 0.8,
      reason: `"${opener.title}" had opened a ${thing} at ${at}, which was closed with its end; this test may have used it`,
      remedy: 'Make what several tests use in beforeAll or in a worker fixture',
      subject: `A ${thing} opened at ${at} is used by other tests`,
    };
  },
};

/** What the test needs of other tests can never be met. */
export const impossibleNeed: VerdictRule = {
  name: 'impossible-need',
  judge(facts) {
    const match = /\bNeedsError: (The test needs [^\n]+)/.exec(
      facts.errors.map(({ message, stack = '' }) => `${message}\n${stack}`).join('\n'),
    );
    if (!match) return undefined;
    return {
      rule: 'impossible-need',
      verdict: 'test',
      weight01: 0.95,
      reason: match[1] ?? '',
      remedy: 'Correct what needs({ … }) says, or the order of the tests: all of it is told before the run',
      subject: 'A need can never be met',
    };
  },
};

/** It changed what others read. */
export const sharedChanged: VerdictRule = {
  name: 'shared-changed',
  judge(facts) {
    const match = /has changed (.+), which other tests read as well/.exec(errorText(facts));
    if (!match) return undefined;
    return {
      rule: 'shared-changed',
      verdict: 'test',
      weight01: 0.97,
      reason: `The test changed ${match[1]}, which other tests read as well`,
      remedy: 'Let a test that changes a record create one of its own',
      subject: `${match[1]} is changed by a test`,
    };
  },
};

function textOf(facts: AttemptFacts): string {
  const told = facts.evidence.flatMap(({ evidence }) =>
    evidence.kind === 'database' && evidence.errorCode !== undefined
      ? [`${evidence.operation} ${evidence.errorCode} ${evidence.message ?? ''}`]
      : [],
  );
  return [answerText(facts), ...told].join('\n');
}

/** One of its values, other than the word for its kind: `user ann@example.test`. */
function isNamedIn(record: string, text: string): boolean {
  const values = record.slice(kindOf(record).length).match(/[\w@.+-]{4,}/g) ?? [];
  return values.some(value => text.includes(value));
}

function isKindIn(record: string, text: string): boolean {
  const kind = kindOf(record).toLowerCase();
  return kind.length >= 3 && text.toLowerCase().includes(kind);
}

function kindOf(record: string): string {
  return record.split(' ', 1)[0] ?? record;
}
