/** Which places hold credentials, by their names. */
import { isSecretKey } from '@quality-hub/telemetry';
import type { ConfigPath } from './config-path.ts';

/** Of the section `clients`; the general names of secrets do not know them. */
const AUTH_KEYS = new Set(['key', 'storeKey', 'secretAccessKey', 'sessionToken', 'passphrase']);
/** Names that end as those of credentials do, as people call values of their own: `adminPassword`. */
const CREDENTIAL =
  /(?:pass(?:word|wd|phrase|code)|pwd|secret|token|credentials?|(?:api|access|private|signing|encryption)[_-]?key)$/i;

export function isCredentialPlace(path: ConfigPath): boolean {
  // There stands where a secret is kept, under its name.
  if (path[0] === 'secrets' && path[1] === 'refs') return false;
  // Those of a list are called as it is.
  const key = String(path.findLast(name => typeof name === 'string'));
  return isSecretKey(key) || CREDENTIAL.test(key) || (path.includes('auth') && AUTH_KEYS.has(key));
}
