/** What Vault's refusals mean. @see https://developer.hashicorp.com/vault/api-docs#http-status-codes */
import { SecretError } from '@quality-hub/protocol';

/** An answer of 400 or more, before anybody has said what it means. The body may hold values: it is kept out of sight. */
export class VaultRefusal extends Error {
  readonly status: number;
  readonly texts: readonly string[];
  readonly #data: unknown;

  constructor(status: number, texts: readonly string[], data: unknown) {
    super(`Vault answered ${status}${texts.length === 0 ? '' : `: ${texts.join('; ')}`}`);
    this.name = 'VaultRefusal';
    this.status = status;
    this.texts = texts;
    this.#data = data;
  }

  /** What came along: a version that is gone is described there. */
  get data(): unknown {
    return this.#data;
  }
}

export function isRefused(error: unknown, status: number): error is VaultRefusal {
  return error instanceof VaultRefusal && error.status === status;
}

/** @param doing `read kv/shop` */
export function vaultError(error: VaultRefusal, store: string, doing: string): SecretError {
  const { status, message } = error;
  const told = `${store} cannot ${doing}. ${message}`;
  if (status === 403) {
    return new SecretError(
      'QH_SECRET_DENIED',
      told,
      'The token is valid and has no right to this path: add it to a policy of the role; with KV 2 the path of a policy has data/ in it',
      error,
    );
  }
  if (status === 404)
    return new SecretError(
      'QH_SECRET_NOT_FOUND',
      told,
      'Compare the path with `vault kv list`, mount and namespace too',
      error,
    );
  if (status === 429)
    return new SecretError(
      'QH_SECRET_THROTTLED',
      told,
      'A quota of Vault is used up: ask for less, or raise it',
      error,
    );
  if (status === 503 && /sealed/i.test(message))
    return new SecretError(
      'QH_SECRET_SEALED',
      told,
      'Somebody who has the keys has to unseal it: `vault operator unseal`',
      error,
    );
  if (status >= 500 || status === 412)
    return new SecretError('QH_SECRET_UNREACHABLE', told, 'Vault has failed, its own log says why', error);
  return new SecretError(
    'QH_SECRET_INVALID',
    told,
    'Compare what was asked with the documentation of this engine',
    error,
  );
}

/** A login that was refused. Vault answers 400 to a wrong pair, and 403 to a wrong service account. */
export function loginError(error: VaultRefusal, store: string, method: string): SecretError {
  const { status, message } = error;
  if (status >= 429 || status === 412) return vaultError(error, store, `sign in by ${method}`);
  const told = `${store} does not let us in by ${method}. ${message}`;
  if (/not yet valid|in the future|\(nbf\)|\(iat\)/.test(message)) {
    return new SecretError(
      'QH_SECRET_SKEW',
      told,
      'The clock of this machine or that of Vault is wrong: compare `date -u` on both',
      error,
    );
  }
  return new SecretError('QH_SECRET_AUTH', told, hintOfLogin(message, method), error);
}

function hintOfLogin(message: string, method: string): string {
  if (/expired/.test(message))
    return 'The token of the job is over: ask for it right before it is used, not at the beginning of the job';
  if (/audience/.test(message))
    return 'The role expects another audience: compare bound_audiences with the one asked for';
  if (/bound claim|does not match/.test(message))
    return 'The role is for another repository, branch or environment: compare its bound_claims';
  if (/could not be found|invalid role name/.test(message))
    return 'There is no such role at this mount, or the namespace is another one';
  if (method === 'approle') return 'The secret id is wrong, used up or over: make a new one';
  return 'Compare role, mount and namespace with those of Vault';
}
