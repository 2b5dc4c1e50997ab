/** Bytes that are no text, and titles that hold everything a title can hold. */
import type { Random } from '../random.ts';
import { loadKind } from './load-round.ts';
import { difference, readAttempts } from './read-attempts.ts';

const TEXT = 'ä € 👍 中文 \u{1F469}\u200D\u{1F4BB} plain\n';

export const ODD_BYTES = loadKind({
  name: 'load-bytes',
  what: 'binary and broken UTF-8 on both streams, characters split over chunks, the secret in between',
  make({ random, full }) {
    const writes = Array.from({ length: full ? 2000 : 300 }, () => oddChunk(random));
    const source = `
import { setImmediate } from 'node:timers/promises';
import { test } from '@quality-hub/test';
const writes: string[] = ${JSON.stringify(writes.map(({ bytes }) => bytes.toString('base64')))};
test('writes bytes', async () => {
  for (const [index, bytes] of writes.entries()) {
    process.stdout.write(Buffer.from(bytes, 'base64'));
    process.stderr.write(Buffer.from(bytes, 'base64'));
    if (index % 50 === 0) await setImmediate();
  }
});
test('writes a secret among bytes', () => {
  process.stdout.write(Buffer.concat([Buffer.from([0xff, 0xe2]), Buffer.from('(' + process.env.SOAK_PASSWORD + ')')]));
  process.stdout.write('a\\0b \\ud800 c');
});
`;
    // As WHATWG says what broken UTF-8 becomes.
    const expected = new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      Buffer.concat(writes.map(({ bytes }) => bytes)),
    );
    return {
      files: { 'bytes.spec.ts': source },
      workers: 1,
      check(kept) {
        const [bytes, secret] = readAttempts(kept);
        const [before = '', after = ''] = (secret?.stdout ?? '').split(/\(.*\)/);
        return [
          ...difference('stdout', expected, bytes?.stdout ?? ''),
          ...difference('stderr', expected, bytes?.stderr ?? ''),
          ...difference('around the secret', '\uFFFD\uFFFD a\0b \ud800 c', `${before} ${after}`),
        ];
      },
    };
  },
});

/** Text cut anywhere, or noise. */
function oddChunk(random: Random): { readonly bytes: Buffer } {
  if (random.chance(0.2))
    return { bytes: Buffer.from(Array.from({ length: random.integer(1, 40) }, () => random.integer(0, 255))) };
  const text = Buffer.from(TEXT.repeat(random.integer(1, 3)));
  const from = random.integer(0, text.length - 1);
  return { bytes: text.subarray(from, random.integer(from + 1, text.length)) };
}

const ODD_TITLES: readonly string[] = [
  'new\nline and\r\nanother',
  'NUL \0 inside',
  '\u001b[31mred\u001b[0m and \u009b1m bell \u0007',
  'right to left \u202Eabc\u202C שלום مرحبا',
  'emoji 👩‍💻🏳️‍🌈',
  'a lone \ud800 surrogate',
  'the other \udc00 one',
  '__proto__',
  'constructor',
  'toString',
  'slashes / \\ // \\\\ ../..',
  'quotes \' " ` %s %d',
  ' ',
  '\u200B',
  '-',
  'a'.repeat(5000),
  'tab\tand  spaces  ',
  '[brackets] › arrow > @tag #1 | & < > é é',
  '{"json": [1, 2]}',
  "'; DROP TABLE tests; --",
];

export const ODD_TITLES_KIND = loadKind({
  name: 'load-titles',
  what: 'titles with every odd character, the same ones in two projects and in two files that share a function',
  make({ random }) {
    const mixed = Array.from({ length: 20 }, (_, index) => `${index} ${randomTitle(random)}`);
    const titles = [...ODD_TITLES, ...mixed];
    const spec = `
import { declare } from './declare.ts';
declare();
`;
    const files = {
      'declare.ts': `
import { test } from '@quality-hub/test';
const titles: string[] = ${JSON.stringify(titles)};
export function declare(): void {
  for (const title of titles) test(title, ({ hub }) => hub.evidence('title', title));
  for (const title of titles) test.describe(title, () => { test('inside', () => {}); });
}
`,
      'one.spec.ts': spec,
      'two.spec.ts': spec,
      'own.spec.ts': `import { test } from '@quality-hub/test';\nfor (const title of ${JSON.stringify(titles)}) test(title, () => {});\n`,
    };
    const perProject = titles.length * 5;
    return {
      files,
      workers: 2,
      config: "projects: [{ name: 'first' }, { name: 'second' }],",
      check(kept) {
        const attempts = readAttempts(kept);
        const tests = 2 * perProject;
        const told = kept.evidence.filter(({ record }) => record.evidence.kind === 'note').length;
        return [
          ...(kept.report.counts.passed === tests
            ? []
            : [`${kept.report.counts.passed} of ${tests} tests are counted as passed`]),
          ...(new Set(attempts.map(({ name }) => name)).size === tests ? [] : ['two tests have one name']),
          ...(told === titles.length * 4 ? [] : [`${told} of ${titles.length * 4} pieces of evidence are kept`]),
        ];
      },
    };
  },
});

function randomTitle(random: Random): string {
  const length = random.integer(1, 30);
  return String.fromCharCode(
    ...Array.from({ length }, () => random.integer(0, random.pick([0x1f, 0x7f, 0x2fff, 0xffff]))),
  );
}
