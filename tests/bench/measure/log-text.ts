/** Log text as a suite writes it, with a secret in every hundredth line. Always the same. */
const WORDS =
  'GET POST /api/orders 200 201 OK ann logged in from 10.0.0.1 took ms cache hit miss shop worker test passed failed retry waits'.split(
    ' ',
  );

/** Values of 32 characters, some of which look different in JSON, URLs and pages. */
export function secretsOf(count: number): readonly string[] {
  return Array.from({ length: count }, (_, n) => {
    // The first character is another one each time: with one in common a regular expression would skip as well.
    const digits = String.fromCharCode(48 + n) + (((n + 1) * 2_654_435_761) % 4_294_967_296).toString(36);
    return `${digits}&"/K${digits.toUpperCase()}-é<${n}>`.padEnd(32, 'Zx9');
  });
}

export function logText(
  megabytes: number,
  secrets: readonly string[],
): { readonly text: string; readonly lines: readonly string[] } {
  const lines: string[] = [];
  for (let length = 0, n = 0; length < megabytes * 1_000_000; n++) {
    const words = Array.from({ length: 8 + (n % 13) }, (_, at) => WORDS[(n * 7 + at * at * 31 + at) % WORDS.length]);
    const secret = n % 100 === 0 ? ` with ${encodeURIComponent(secrets[(n / 100) % secrets.length] ?? '')}` : '';
    // Joined once: a string of many parts would be put together while it is measured.
    const line = Buffer.from(`${words.join(' ')} ${(n * 2_654_435_761).toString(16)}${secret}`).toString('latin1');
    lines.push(line);
    length += line.length + 1;
  }
  return { text: lines.join('\n'), lines };
}

/** A message of a worker, without anything to hide. */
export function oneEvent(length: number): string {
  const event = { method: 'stepEnd', params: { title: 'fills the form', category: 'pw:api', line: 10, column: 4 } };
  return JSON.stringify({ ...event, log: WORDS.join(' ').repeat(20) }).slice(0, length);
}
