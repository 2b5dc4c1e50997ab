/** What the errors of an attempt say, in the runner's, Node's and the browser's words. */
import type { AttemptFacts, RunError } from '@quality-hub/protocol';

/** What tells a cause stands at the beginning: a hundred errors of a large document are not read to the end. */
const LONGEST_TEXT = 256 * 1024;
const COLOURS = /\u001b\[[0-9;]*m/g;

/** A text as it reads without a terminal. */
export function plain(text: string): string {
  return text.replace(COLOURS, '');
}

/** The messages of all errors and of their causes, without colours; of very many, the first ones. */
export function errorText({ errors }: AttemptFacts): string {
  const messages: string[] = [];
  let length = 0;
  for (const error of errors) {
    if (length > LONGEST_TEXT) break;
    const message = messageOf(error);
    messages.push(message);
    length += message.length;
  }
  return messages.join('\n\n');
}

function messageOf({ message, cause }: RunError): string {
  const own = plain(message);
  return cause ? `${own}\n${messageOf(cause)}` : own;
}

/**
 * What was answered or shown, without what the test asked for: the expected side of a comparison and the words of a
 * locator are the test's own.
 */
export function answerText(facts: AttemptFacts): string {
  return errorText(facts)
    .split('\n')
    .filter(line => !/^(?:Expected|Locator)\b|^-(?! Timeout)|^\s+- (?:Expect "|waiting for )/.test(line))
    .join('\n');
}

/** The error that tells most: that the time of the test ran out says less than what it ran out in. */
export function tellingError({ errors }: AttemptFacts): RunError | undefined {
  return (
    errors.find(({ message }) => !/^(?:Test timeout of|Tearing down|Worker teardown)/.test(plain(message))) ?? errors[0]
  );
}

/** The first line of the telling error with something in it, for people. */
export function firstLine(facts: AttemptFacts): string {
  const lines = plain(tellingError(facts)?.message ?? '').split('\n');
  return (lines.find(line => line.trim() !== '') ?? '').trim().slice(0, 300);
}

/** The test, a fixture or an expectation ran out of time. */
export function timedOut(facts: AttemptFacts): boolean {
  return (
    facts.status === 'timedOut' ||
    /Timeout:? +\d+ms|timeout of \d+ms exceeded|Timeout \d+ms exceeded/i.test(errorText(facts))
  );
}

/** The time that ran out, in milliseconds: the one the first such message names, else the test's. */
export function ranOutMs(facts: AttemptFacts): number | undefined {
  if (!timedOut(facts)) return undefined;
  const named = /(?:Timeout:? +|timeout of |Timeout )(\d+)ms/i.exec(errorText(facts))?.[1];
  return named === undefined ? facts.timeoutMs : Number(named);
}

export interface Mismatch {
  readonly expected: string;
  readonly received: string;
}

/** `Expected: 201` and `Received: 503` of the first failed comparison of single values. */
export function mismatchOf(facts: AttemptFacts): Mismatch | undefined {
  const match = /^Expected(?: \w+)?: +(.+)\n(?:.*\n)??Received(?: \w+)?: +(.+)$/m.exec(errorText(facts));
  return match?.[1] === undefined || match[2] === undefined
    ? undefined
    : { expected: match[1].trim(), received: match[2].trim() };
}

/** A failed comparison of two HTTP statuses. */
export function statusMismatch(
  facts: AttemptFacts,
): { readonly expected: number; readonly received: number } | undefined {
  const mismatch = mismatchOf(facts);
  if (!mismatch || !isStatus(mismatch.expected) || !isStatus(mismatch.received)) return undefined;
  return { expected: Number(mismatch.expected), received: Number(mismatch.received) };
}

/** The statuses that tests compare; 350 is a price. */
function isStatus(text: string): boolean {
  return /^(?:20[0-46]|30[1-478]|40[0-9]|41[0-8]|42[2-9]|431|451|50[0-5])$/.test(text);
}

/** Request and answer as the call log of a failed request or of `toBeOK` shows them. */
export interface LoggedExchange {
  readonly method: string;
  readonly url: string;
  readonly status?: number;
}

/** The last request that a message tells of. */
export function loggedExchange(facts: AttemptFacts): LoggedExchange | undefined {
  const text = errorText(facts);
  const request = [...text.matchAll(/→ ([A-Z]+) (\S+)/g)].at(-1);
  const navigation = /navigating to "([^"]+)"/.exec(text)?.[1];
  const status = [...text.matchAll(/← (\d{3}) /g)].at(-1)?.[1];
  if (request?.[1] !== undefined && request[2] !== undefined) {
    return {
      method: request[1],
      url: withoutQuery(request[2]),
      ...(status === undefined ? {} : { status: Number(status) }),
    };
  }
  return navigation === undefined ? undefined : { method: 'GET', url: withoutQuery(navigation) };
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/, '');
}

/** An expectation failed: what the test checks was not so. */
export function isAssertion(facts: AttemptFacts): boolean {
  return /expect(?:\.soft|\.poll)?\((?:received|locator|page|response|value|\w*)\)\.(?:not\.)?\w+\(/.test(
    errorText(facts),
  );
}

/** The matcher of the first failed expectation, such as `toHaveText`. */
export function matcherOf(text: string): string | undefined {
  return /expect\(\w*\)(?:\.resolves|\.rejects)?(\.not)?\.(\w+)\(/.exec(text)?.slice(1, 3).join('') || undefined;
}

/** The locator an error is about, as it was written. */
export function locatorOf(text: string): string | undefined {
  return (
    /^Locator: +(.+)$/m.exec(text)?.[1]?.trim() ??
    /waiting for ((?:getBy|locator\(|frameLocator\().*)$/m.exec(text)?.[1]?.trim()
  );
}

/** No element was there for the locator. */
export function nothingFound(text: string): boolean {
  return (
    /element\(s\) not found/.test(text) ||
    (/waiting for (?:getBy|locator|frameLocator)/.test(text) && !/locator resolved to/.test(text))
  );
}
