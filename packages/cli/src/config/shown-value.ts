/** A value of the configuration for people and for JSON: a credential is never shown. */
import { type ConfigPath, isCredentialPlace, shownValue } from '@quality-hub/config';
import { createMask, MASKED, type Mask } from '@quality-hub/telemetry';

export type ShowValue = (path: ConfigPath, value: unknown) => string;

/** Values that secret-looking variables of `env` hold are masked wherever they stand. */
export function valueShower(env: NodeJS.ProcessEnv): ShowValue {
  const mask = createMask({ env });
  return (path, value) => show(mask, path, value);
}

function show(mask: Mask, path: ConfigPath, value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(isCredentialPlace(path) ? MASKED : withoutPassword(mask.text(value)));
  if (value instanceof URL) return JSON.stringify(withoutPassword(mask.text(value.href)));
  if (Array.isArray(value)) return `[${value.map((one, at) => show(mask, [...path, at], one)).join(', ')}]`;
  if (typeof value === 'object' && value !== null && isCredentialPlace(path) && !isNamed(value)) return MASKED;
  if (isPlain(value)) {
    const inner = Object.entries(value).map(
      ([key, one]) => `${JSON.stringify(key)}: ${show(mask, [...path, key], one)}`,
    );
    return inner.length === 0 ? '{}' : `{ ${inner.join(', ')} }`;
  }
  return shownValue(value, '');
}

function isPlain(value: unknown): value is object {
  return (
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype && !isNamed(value)
  );
}

/** `secret('name')` tells no more than a name. */
function isNamed(value: object): boolean {
  return shownValue(value, '').startsWith("secret('");
}

/** Also that of an address which is no secret for a mask: `postgres://ada:ada@localhost`. */
function withoutPassword(text: string): string {
  return text.replace(/^([a-z][\w+.-]*:\/\/[^/?#\s:@]*:)[^/?#\s@]+(?=@)/i, `$1${MASKED}`);
}
