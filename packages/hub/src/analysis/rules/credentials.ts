/** The attempt was not let in. */
import type { AttemptFacts, VerdictRule } from '@quality-hub/protocol';
import { answerText, loggedExchange, mismatchOf, statusMismatch } from '../reading/error-text.ts';
import { exchangesOf, isDecisive, isSuccess, label, originOf, pathOf } from '../reading/exchanges.ts';
import { refusalTakenElsewhere } from '../reading/taken-elsewhere.ts';

const EXPIRED =
  /(?:token|jwt|session|credential|password|certificate|api key|secret)\S* (?:has |is |was )?(?:expired|revoked|invalid)|expired (?:token|jwt|session|credential|password)|jwt expired|token_expired|invalid_token|invalid_grant|TokenExpiredError/i;
const DENIED =
  /unauthori[sz]ed|not authenticated|authentication (?:failed|required)|invalid credentials|access denied|forbidden|permission denied/i;
const SIGN_IN = /\/(?:log-?in|sign-?in|auth\w*|sessions?|token|oauth\w*)(?:\/|$)/i;

/** 401 or 403 where the attempt needed to be let in. */
export const credentialRefused: VerdictRule = {
  name: 'credential-refused',
  judge(facts) {
    const asked = statusMismatch(facts)?.expected;
    const all = exchangesOf(facts);
    const refused = all.findLast(
      one => (one.status === 401 || one.status === 403) && one.status !== asked && isDecisive(one, all, facts),
    );
    if (!refused || refusalTakenElsewhere(facts, refused)) return undefined;
    const text = answerText(facts);
    const before = all
      .slice(0, all.indexOf(refused))
      .some(one => isSuccess(one) && originOf(one.url) === originOf(refused.url));
    const isSignIn = SIGN_IN.test(pathOf(refused.url));
    const words = EXPIRED.exec(text)?.[0] ?? DENIED.exec(text)?.[0];
    const weight01 = refused.status === 401 ? (words || isSignIn ? 0.93 : 0.88) : words ? 0.8 : 0.7;
    const how = isSignIn
      ? 'the sign-in was refused'
      : before
        ? 'other requests before it were let in'
        : 'the attempt was not let in';
    return {
      rule: 'credential-refused',
      verdict: 'credential',
      weight01,
      reason: `${label(refused)} at ${originOf(refused.url)} answered ${refused.status}: ${how}${words ? ` ("${words}")` : ''}`,
      remedy: isSignIn
        ? 'Check the user and password that the suite signs in with'
        : 'Renew the token or session that the suite uses, and check how long it is valid against the length of the run',
      subject: `${originOf(refused.url)} refuses the credentials (${refused.status})`,
    };
  },
};

/** The error says so, where nobody watched the traffic. */
export const credentialWords: VerdictRule = {
  name: 'credential-words',
  judge(facts) {
    const text = answerText(facts);
    const received = statusMismatch(facts)?.received;
    const words = EXPIRED.exec(text)?.[0];
    if (words === undefined && received !== 401 && received !== 403) return undefined;
    if (credentialRefused.judge(facts) || (facts.takenElsewhere ?? []).length > 0) return undefined;
    const exchange = loggedExchange(facts);
    return {
      rule: 'credential-words',
      verdict: 'credential',
      weight01: words === undefined ? 0.75 : 0.7,
      reason: `${exchange ? `${label(exchange)}: ` : ''}the back end answered ${words === undefined ? received : `"${words}"`}`,
      remedy: 'Renew the token, session or password that the suite uses',
      subject:
        words === undefined
          ? `The back end refuses the credentials (${received})`
          : `The back end says "${words.toLowerCase()}"`,
    };
  },
};

/** The browser was sent to the sign-in page instead of where the test wanted to go. */
export const sentToSignIn: VerdictRule = {
  name: 'sent-to-sign-in',
  judge(facts) {
    const last = exchangesOf(facts).findLast(({ resource }) => resource === 'document');
    const received = mismatchOf(facts)?.received ?? '';
    const isThere = (last && SIGN_IN.test(pathOf(last.url))) || SIGN_IN.test(received);
    if (!isThere || wantsSignIn(facts)) return undefined;
    return {
      rule: 'sent-to-sign-in',
      verdict: 'credential',
      weight01: 0.72,
      reason: `The browser was sent to ${last ? pathOf(last.url) : received} instead of the page the test is about`,
      remedy: 'Sign in again: the stored session of the suite is no longer valid',
      subject: 'The browser was sent to the sign-in page',
    };
  },
};

/** A test about signing in is at the sign-in page on purpose. */
function wantsSignIn({ identity, errors }: AttemptFacts): boolean {
  const words = /log.?in|sign.?(?:in|up|out)|auth|password|session/i;
  return (
    words.test(identity.titlePath.join(' ')) ||
    words.test(identity.file) ||
    /toHaveURL[\s\S]*Expected[^\n]*(?:log-?in|sign-?in)/i.test(errors[0]?.message ?? '')
  );
}
