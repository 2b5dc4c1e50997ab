/** Finds the values in an environment that must not be seen. */
import { isSecretVariable } from './secret-names.ts';

/** Shorter values would be found inside ordinary words. */
const SHORTEST = 8;

/**
 * Values of variables with secret-looking names, and passwords inside any URL. Left out: values under 8 characters, plain
 * words, numbers, paths, and URLs without credentials, since masking those would make reports unreadable.
 */
export function environmentSecrets(env: NodeJS.ProcessEnv): string[] {
  const secrets = new Set<string>();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) continue;
    const password = urlPassword(value);
    if (password !== undefined) secrets.add(password);
    if (isSecretVariable(name) && !isHarmless(value)) secrets.add(value);
  }
  return [...secrets];
}

function isHarmless(value: string): boolean {
  if (value.trim().length < SHORTEST) return true;
  if (/^[\d\s.,:+-]+$/.test(value)) return true;
  if (/^(?:[A-Za-z]?[a-z]{0,19}|[A-Z]{1,20})(?:[-_ ][a-z]+)*$/.test(value)) return true;
  if (/^(?:[A-Za-z]:\\|~?\/|\.{1,2}\/)[\w .@/\\-]*$/.test(value)) return true;
  return /^[a-z][\w+.-]*:\/\//i.test(value) && urlPassword(value) === undefined;
}

/** The password of `scheme://user:password@host`, decoded, where it is long enough to be searched for. */
function urlPassword(value: string): string | undefined {
  const password = /^[a-z][\w+.-]*:\/\/[^\s/:@]*:([^\s/@]+)@/i.exec(value)?.[1];
  if (password === undefined || password.length < SHORTEST) return undefined;
  try {
    return decodeURIComponent(password);
  } catch {
    return password;
  }
}
