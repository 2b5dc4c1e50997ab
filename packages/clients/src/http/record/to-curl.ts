/** Writes a call as a command for a POSIX shell. */
import type { CallFacts, ShownExchange } from './call-record.ts';

/** curl makes these itself; given by hand they would be wrong when somebody changes the body. */
const LEFT_OUT = new Set(['content-length', 'host', 'connection', 'accept-encoding', 'transfer-encoding']);

export function curlOf({ method, redirects }: CallFacts, { url, requestHeaders, requestBody }: ShownExchange): string {
  const compressed = requestHeaders.some(({ name }) => name === 'accept-encoding');
  const binary = requestBody !== undefined && /^<\d+ bytes of [^>]*>$/.test(requestBody);
  const parts = [
    `curl ${method === 'HEAD' ? '--head' : `--request ${method}`} ${quoted(url)}`,
    ...requestHeaders
      .filter(({ name }) => !LEFT_OUT.has(name))
      .map(({ name, value }) => `--header ${quoted(`${name}: ${value}`)}`),
    ...(requestBody === undefined || requestBody === ''
      ? []
      : [binary ? '--data-binary @body.bin' : `--data-raw ${quoted(requestBody)}`]),
    ...(compressed ? ['--compressed'] : []),
    ...(redirects > 0 ? ['--location'] : []),
  ];
  return parts.join(' \\\n  ');
}

/** Within single quotes a shell leaves everything alone but the quote itself. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
