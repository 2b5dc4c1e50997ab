/** What is told of secrets: names, stores, versions and reasons; never a value. */
import { SecretError, type SecretErrorCode, type SecretEvidence, type SecretOutcome } from '@quality-hub/protocol';
import type { SecretFacts } from '@quality-hub/secrets';

const OUTCOMES: Readonly<Record<SecretErrorCode, SecretOutcome>> = {
  QH_SECRET_AUTH: 'denied',
  QH_SECRET_DENIED: 'denied',
  QH_SECRET_EXPIRED: 'expired',
  QH_SECRET_INVALID: 'invalid',
  QH_SECRET_NOT_FOUND: 'missing',
  QH_SECRET_REFUSED: 'refused',
  QH_SECRET_REVOKED: 'revoked',
  QH_SECRET_SEALED: 'sealed',
  QH_SECRET_SKEW: 'skew',
  QH_SECRET_THROTTLED: 'throttled',
  QH_SECRET_UNREACHABLE: 'unreachable',
  QH_SECRET_VERSION: 'missing',
};

/** A value that was read, or was kept. */
export function readEvidence(facts: SecretFacts, now: number): SecretEvidence {
  const { name, store, version, createdAt, expiresAt, isPrevious } = facts;
  return {
    kind: 'secret',
    name,
    outcome: isPrevious ? 'previous' : version === 'default' ? 'default' : 'ok',
    store,
    ...(version === undefined || version === 'default' ? {} : { version }),
    ...(createdAt === undefined ? {} : { ageMs: Math.max(0, now - Date.parse(createdAt)) }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

export function staleEvidence(name: string, reason: SecretError): SecretEvidence {
  return { kind: 'secret', name, outcome: 'stale', detail: reason.message };
}

export function failedRead(name: string, store: string | undefined, error: unknown): SecretEvidence {
  return {
    kind: 'secret',
    name,
    outcome: error instanceof SecretError ? OUTCOMES[error.code] : 'unreachable',
    ...(store === undefined ? {} : { store }),
    detail: error instanceof Error ? error.message : String(error),
    ...(error instanceof SecretError && error.hint !== undefined ? { hint: error.hint } : {}),
  };
}

/** A service takes none of the versions there are: over since when, where the store knows. */
export function rejectedEvidence(
  facts: SecretFacts,
  refusal: { readonly reason: string; readonly dependency: string; readonly refusals: number; readonly now: number },
): SecretEvidence {
  const { reason, dependency, refusals, now } = refusal;
  const isOver = facts.expiresAt !== undefined && Date.parse(facts.expiresAt) <= now;
  const versions = refusals > 1 ? ', and so was the version before it' : ', and there is no other';
  const version = facts.version === undefined ? '' : ` ${facts.version}`;
  return {
    ...readEvidence(facts, now),
    outcome: isOver ? 'expired' : 'rejected',
    dependency,
    detail: isOver
      ? `${reason} from ${dependency}: the secret was valid until ${facts.expiresAt}`
      : `${reason} from ${dependency}: the current version${version} in ${facts.store} was refused${versions}`,
  };
}
