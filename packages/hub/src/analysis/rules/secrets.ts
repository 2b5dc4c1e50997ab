/** A secret that could not be had, or that nobody takes any more. */
import type { AttemptFacts, SecretEvidence, SecretOutcome, VerdictRule } from '@quality-hub/protocol';
import { classify } from '@quality-hub/resilience';
import { exchangesOf, isDecisive, label, originOf } from '../reading/exchanges.ts';
import { secretTroubles } from '../reading/secret-trouble.ts';
import { refusalTakenElsewhere } from '../reading/taken-elsewhere.ts';

interface Meaning {
  /** `{secret} had expired`. */
  readonly said: string;
  readonly remedy: (secret: SecretEvidence) => string;
}

const inStore = ({ store }: SecretEvidence): string => (store === undefined ? 'its store' : `the store ${store}`);

const MEANINGS: Readonly<Partial<Record<SecretOutcome, Meaning>>> = {
  missing: { said: 'is not there', remedy: secret => `Put ${secret.name} into ${inStore(secret)}` },
  denied: { said: 'may not be read', remedy: secret => `Give the run the right to read ${secret.name}` },
  expired: { said: 'had expired', remedy: secret => `Renew ${secret.name} in ${inStore(secret)}` },
  revoked: { said: 'was revoked', remedy: secret => `Make a new ${secret.name} in ${inStore(secret)}` },
  invalid: { said: 'is not what it should be', remedy: secret => `Correct ${secret.name} in ${inStore(secret)}` },
  rejected: {
    said: 'is not taken any more, in any of its versions',
    remedy: secret => `Put the value of ${secret.name} that counts into ${inStore(secret)}`,
  },
  sealed: { said: 'is in a store that is sealed', remedy: secret => `Unseal ${inStore(secret)}` },
  skew: { said: 'was refused because the clocks differ', remedy: () => 'Set the clock of the machine' },
};
const OF_STORE: ReadonlySet<SecretOutcome> = new Set(['unreachable', 'throttled']);

export const secretTrouble: VerdictRule = {
  name: 'secret-trouble',
  judge(facts) {
    const [secret] = secretTroubles(facts).filter(({ outcome, dependency }) => {
      const isTaken = facts.takenElsewhere?.some(taken => taken.dependency === dependency);
      return !(outcome === 'rejected' && isTaken);
    });
    if (secret === undefined) return undefined;
    const { name, outcome, store, detail } = secret;
    const why = detail === undefined ? '' : ` (${detail})`;
    if (outcome === 'refused') {
      return {
        rule: 'secret-trouble',
        verdict: 'test',
        weight01: 0.85,
        reason: `A rule of the configuration keeps the secret ${name} from this test${why}`,
        remedy: `Use another secret in this test, or change secrets.access`,
        subject: `The secret ${name} is refused to a test`,
      };
    }
    if (outcome === 'missing' && store === undefined) {
      return {
        rule: 'secret-trouble',
        verdict: 'test',
        weight01: 0.85,
        reason: `The test asks for a secret that the configuration does not name: ${name}${why}`,
        remedy: `Correct the name in the test, or add ${name} to secrets.refs`,
        subject: `There is no secret ${name}`,
      };
    }
    if (OF_STORE.has(outcome)) {
      const where = inStore(secret);
      return {
        rule: 'secret-trouble',
        verdict: 'environment',
        weight01: 0.85,
        reason: `The secret ${name} could not be read: ${where} ${outcome === 'throttled' ? 'was asked too often' : 'did not answer'}${why}`,
        remedy: secret.hint ?? `Look at ${where}, and at the network on the way to it`,
        subject: `${where} is ${outcome}`.replace(/^the/, 'The').replace(/^its/, 'Its'),
      };
    }
    const { said, remedy } = MEANINGS[outcome] ?? { said: `is ${outcome}`, remedy: () => `Look at ${name}` };
    const refusal = refusalIn(facts, secret);
    return {
      rule: 'secret-trouble',
      verdict: 'credential',
      // A refusal and the reason for it: hardly anything else can be meant.
      weight01: refusal === undefined ? 0.85 : 0.96,
      reason: `${refusal === undefined ? 'The' : `${refusal}: the`} secret ${name} ${said}${why}`,
      remedy: secret.hint ?? remedy(secret),
      subject: `The secret ${name} ${said}`,
    };
  },
};

/** The service takes the secret, and refuses one place: it looks for it wrongly there, or its user has no right to the place. */
export const refusedThoughTaken: VerdictRule = {
  name: 'refused-though-taken',
  judge(facts) {
    const all = exchangesOf(facts);
    for (const exchange of all.toReversed()) {
      const taken = refusalTakenElsewhere(facts, exchange);
      if (taken === undefined || !isDecisive(exchange, all, facts)) continue;
      const { status, takenAt, secrets, place } = taken;
      const others = `${takenAt.slice(0, 2).join(' and ')}${takenAt.length > 2 ? ` and ${takenAt.length - 2} more` : ''}`;
      const reason = `${place} at ${originOf(exchange.url)} answered ${status}, though ${others} took ${secrets.join(' and ')} in the same version afterwards`;
      const subject = `${place} answers ${status} to secrets that are taken elsewhere`;
      const more = { rule: 'refused-though-taken', reason, subject };
      if (status === 401)
        return { ...more, verdict: 'product', weight01: 0.8, remedy: `Find out how ${place} checks who asks` };
      const remedy = `Give the user of ${secrets.join(' and ')} the right to ${place}, or use another one`;
      return { ...more, verdict: 'data', weight01: 0.75, remedy };
    }
    return undefined;
  },
};

/** What was refused for it: an answer of 401 or 403, or a connection to a database. */
function refusalIn(facts: AttemptFacts, { dependency }: SecretEvidence): string | undefined {
  const all = exchangesOf(facts);
  const refused = all.findLast(one => (one.status === 401 || one.status === 403) && isDecisive(one, all, facts));
  if (refused !== undefined) return `${label(refused)} at ${originOf(refused.url)} answered ${refused.status}`;
  const database = facts.evidence.findLast(
    ({ evidence }) =>
      evidence.kind === 'database' &&
      evidence.errorCode !== undefined &&
      (dependency === undefined || evidence.database === dependency) &&
      classify({ code: evidence.errorCode }).blame === 'credential',
  )?.evidence;
  return database?.kind === 'database' ? `${database.database} said ${database.errorCode}` : undefined;
}
