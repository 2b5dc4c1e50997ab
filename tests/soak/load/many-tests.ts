/** Many tests in many workers, each with heavy output. */

import { loadKind } from './load-round.ts';
import { difference, readAttempts } from './read-attempts.ts';

const FILES = 20;
const LINES = 40;

export const MANY_TESTS = loadKind({
  name: 'load-tests',
  what: '8 workers, 2,000 tests, each with 40 lines of output and evidence',
  make({ full }) {
    const perFile = (full ? 2000 : 100) / FILES;
    const files = Object.fromEntries(
      Array.from({ length: FILES }, (_, file) => [
        `many-${file}.spec.ts`,
        `
import { test } from '@quality-hub/test';
for (let number = 0; number < ${perFile}; number++) {
  test('test ' + number, async ({ hub }, info) => {
    for (let line = 0; line < ${LINES}; line++) console.log(line + ' of ' + info.title + ' ' + 'x'.repeat(line));
    hub.evidence('seen', number);
  });
}
`,
      ]),
    );
    const expected = (title: string): string =>
      Array.from({ length: LINES }, (_, line) => `${line} of ${title} ${'x'.repeat(line)}\n`).join('');
    return {
      files,
      workers: full ? 8 : 4,
      check(kept) {
        const attempts = readAttempts(kept);
        const tests = FILES * perFile;
        return [
          ...(attempts.length === tests ? [] : [`${attempts.length} attempts are kept of ${tests} tests`]),
          ...(kept.evidence.length === tests
            ? []
            : [`${kept.evidence.length} pieces of evidence of ${tests} are kept`]),
          ...attempts.flatMap(({ name, stdout }) => difference(name, expected(name.split(' › ').at(-1) ?? ''), stdout)),
        ];
      },
    };
  },
});
