/** `secret('paymentKey')`: says in a configuration that a value is kept elsewhere, under a name from `secrets.refs`. */
import { SecretError } from '@quality-hub/protocol';

/** The same in every copy of this package. */
const MARK: unique symbol = Symbol.for('@quality-hub/secret-reference') as never;

/**
 * Stands where a credential or an address stands. It is a function, so that it fits wherever one may be given instead of the
 * value; the runtime puts one in its place that gives the value.
 */
export interface SecretReference {
  (): Promise<string>;
  readonly [MARK]: string;
  toJSON(): { readonly $secret: string };
}

/** A value of the configuration that is read from its store when it is needed, and never stands in the file. */
export function secret(name: string): SecretReference {
  return boundReference(name, () =>
    Promise.reject(
      new SecretError(
        'QH_SECRET_INVALID',
        `secret('${name}') stands where no secret is read`,
        'Use it for credentials, headers and addresses of clients and databases; in a test, ask the fixture secrets',
      ),
    ),
  );
}

/** A reference that gives its value. */
export function boundReference(name: string, read: () => Promise<string>): SecretReference {
  return Object.freeze(Object.assign(() => read(), { [MARK]: name, toJSON: () => ({ $secret: name }) }));
}

/** Also true for `{ $secret: 'paymentKey' }`, as it stands in JSON. */
export function isSecretReference(value: unknown): value is SecretReference {
  return nameOfSecret(value) !== undefined;
}

/** The name in a reference; undefined for anything else. */
export function nameOfSecret(value: unknown): string | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined;
  const { [MARK]: marked, $secret: written } = value as { [MARK]?: unknown; $secret?: unknown };
  if (typeof marked === 'string') return marked;
  return typeof written === 'string' && Object.keys(value).length === 1 ? written : undefined;
}
