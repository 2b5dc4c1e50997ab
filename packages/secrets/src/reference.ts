/** What names a secret in a configuration: `vault:kv/shop#payment_key@3`. */
import { OptionError } from '@quality-hub/protocol';

export interface SecretReference {
  /** A name from `secrets.stores`. */
  readonly store: string;
  readonly path: string;
  /** Of a value that has several. */
  readonly key?: string;
  /** @default the current one */
  readonly version?: string;
}

const FORM =
  /^(?<store>[A-Za-z][\w-]*):(?<path>[^#@\s](?:[^#\s]*?[^#@\s])??)(?:#(?<key>[^#@\s]+))?(?:@(?<version>[^#@\s/]+))?$/;

/**
 * Reads `store:path#key@version`; key and version may be left out. A path may hold `@`, but not at its end.
 *
 * @throws {OptionError} (`QH_OPTION`) that shows no more than the beginning: somebody may have put the secret there.
 */
export function readReference(name: string, text: string): SecretReference {
  const { store, path, key, version } = FORM.exec(text)?.groups ?? {};
  if (store === undefined || path === undefined) {
    throw new OptionError(`Secret "${name}"`, [
      `the reference ${shown(text)} is none, expected store:path#key@version, such as env:SHOP_DB or vault:kv/shop#key`,
    ]);
  }
  return { store, path, ...(key === undefined ? {} : { key }), ...(version === undefined ? {} : { version }) };
}

/** `vault:kv/shop#payment_key@3`. */
export function referenceText({ store, path, key, version }: SecretReference): string {
  return `${store}:${path}${key === undefined ? '' : `#${key}`}${version === undefined ? '' : `@${version}`}`;
}

function shown(text: unknown): string {
  return typeof text === 'string' ? JSON.stringify(`${text.slice(0, 4)}…`) : String(typeof text);
}
