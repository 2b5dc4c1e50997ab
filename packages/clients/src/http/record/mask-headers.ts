/** Headers as they may be shown. */
import { isSecretKey, MASKED, type Mask } from '@quality-hub/telemetry';
import type { AnswerHeaders } from '../transport/transport.ts';

const SECRET =
  /^(?:(?:proxy-)?authorization|(?:set-)?cookie2?|x-amz-security-token)$|(?:^|-)(?:token|secret|signature|password|api-?key|key)$/i;

/** True for a header whose value never leaves the process: by its name, or because the client's auth says so. */
export function isSecretHeader(name: string, more?: ReadonlySet<string>): boolean {
  return SECRET.test(name) || isSecretKey(name) || more?.has(name.toLowerCase()) === true;
}

/** Every value of every header, in order, masked where a mask is given. */
export function shownHeaders(
  headers: AnswerHeaders,
  mask: Mask | undefined,
  secret?: ReadonlySet<string>,
): readonly { readonly name: string; readonly value: string }[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
    return values.map(each => ({ name, value: mask === undefined ? each : maskHeader(name, each, mask, secret) }));
  });
}

function maskHeader(name: string, value: string, mask: Mask, secret: ReadonlySet<string> | undefined): string {
  // Which scheme, and which cookies: names say what went wrong, and are no secret.
  if (/^(?:proxy-)?authorization$/i.test(name)) {
    const scheme = /^[\w-]+(?= )/.exec(value)?.[0];
    return scheme === undefined ? MASKED : `${scheme} ${MASKED}`;
  }
  if (/^cookie$/i.test(name)) return value.replace(/(^|;\s*)([^=;]*)=[^;]*/g, `$1$2=${MASKED}`);
  if (/^set-cookie$/i.test(name)) return value.replace(/^([^=;]*)=[^;]*/, `$1=${MASKED}`);
  return isSecretHeader(name, secret) ? MASKED : mask.text(value);
}
