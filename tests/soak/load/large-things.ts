/** Single things that are very large: output, steps, errors, attachments. */
import { existsSync } from 'node:fs';
import { loadKind } from './load-round.ts';
import { difference, readAttempts } from './read-attempts.ts';

export const MUCH_OUTPUT = loadKind({
  name: 'load-output',
  what: '100,000 lines on stdout of one test, 10,000 on its stderr between them',
  make({ full }) {
    const lines = full ? 100_000 : 20_000;
    const source = `
import { test } from '@quality-hub/test';
test('writes', async () => {
  for (let line = 0; line < ${lines}; line++) {
    console.log('line ' + line + ' of many');
    if (line % 10 === 0) console.error('error ' + line);
  }
});
`;
    const all = Array.from({ length: lines }, (_, line) => line);
    return {
      files: { 'output.spec.ts': source },
      workers: 1,
      check(kept) {
        const [attempt] = readAttempts(kept);
        if (!attempt) return ['the attempt is not kept'];
        const stdout = all.map(line => `line ${line} of many\n`).join('');
        const stderr = all.flatMap(line => (line % 10 === 0 ? [`error ${line}\n`] : [])).join('');
        return [...difference('stdout', stdout, attempt.stdout), ...difference('stderr', stderr, attempt.stderr)];
      },
    };
  },
});

const STEPS = 750;

export const MANY_STEPS = loadKind({
  name: 'load-steps',
  what: '8 tests of 750 steps, nested to ten levels',
  make: () => ({
    files: {
      'steps.spec.ts': `
import { test } from '@quality-hub/test';
for (let number = 0; number < 8; number++) {
  test('test ' + number, async () => {
    const dive = async (from: number, depth: number): Promise<void> => {
      await test.step('step ' + from, async () => { if (depth > 1) await dive(from + 1, depth - 1); });
    };
    for (let from = 0; from < ${STEPS}; from += 10) await dive(from, 10);
  });
}
`,
    },
    workers: 2,
    check(kept) {
      const attempts = readAttempts(kept);
      if (attempts.length !== 8) return [`${attempts.length} attempts are kept of 8`];
      return attempts.flatMap(({ name, steps }) => {
        const own = steps.filter(({ category }) => category === 'test.step');
        const byTitle = new Map(own.map(step => [step.title, step]));
        const broken = Array.from({ length: STEPS }, (_, step) => step).filter(step => {
          const found = byTitle.get(`step ${step}`);
          const isRoot = step % 10 === 0;
          return !found || (isRoot ? found.parent !== undefined : found.parent !== byTitle.get(`step ${step - 1}`)?.id);
        });
        const ids = new Set(steps.map(({ id }) => id));
        return [
          ...(own.length === STEPS ? [] : [`${name} has ${own.length} steps, ${STEPS} were made`]),
          ...(ids.size === steps.length ? [] : [`${name} has steps with the same number`]),
          ...(broken.length === 0 ? [] : [`${name}: ${broken.length} steps are missing or under the wrong parent`]),
        ];
      });
    },
  }),
});

const ERROR_CHARS = 5_000_000;

export const LARGE_ERRORS = loadKind({
  name: 'load-errors',
  what: 'errors of 5 MB, and 100 soft errors of 50 kB in one test',
  make: () => ({
    files: {
      'errors.spec.ts': `
import { test, expect } from '@quality-hub/test';
test('throws', () => { throw new Error('first words ' + 'x'.repeat(${ERROR_CHARS}) + ' last words'); });
test('compares', () => { expect('a'.repeat(${ERROR_CHARS})).toHaveLength(1); });
test('fails softly', () => {
  for (let number = 0; number < 100; number++) expect.soft('y'.repeat(50_000), 'soft ' + number).toHaveLength(1);
});
`,
    },
    workers: 1,
    check(kept) {
      const messages = new Map(
        readAttempts(kept).map(({ name, errors }) => [name.split(' › ').at(-1), errors.map(({ message }) => message)]),
      );
      const thrown = messages.get('throws')?.[0] ?? '';
      const soft = messages.get('fails softly') ?? [];
      return [
        ...(/^Error: first words x+\n… \d+ characters left out …\nx+ last words$/.test(thrown)
          ? []
          : [`the ends of an error are not kept: ${thrown.slice(0, 60)} … ${thrown.slice(-60)}`]),
        ...(messages.get('compares')?.[0]?.includes('toHaveLength') ? [] : ['the error of a comparison is not kept']),
        ...(soft.length === 100 && soft.every((message, number) => message.includes(`soft ${number}\n`))
          ? []
          : [`${soft.length} of 100 soft errors are kept in order`]),
      ];
    },
  }),
});

export const LARGE_ATTACHMENTS = loadKind({
  name: 'load-attachments',
  what: '200 MB in one attached file, 20 MB in a body, 200 small ones',
  make({ full }) {
    const bytes = (full ? 200 : 30) * 1_000_000;
    const bodyBytes = bytes / 10;
    return {
      files: {
        'attachments.spec.ts': `
import { writeFileSync } from 'node:fs';
import { test } from '@quality-hub/test';
test('attaches', async ({}, info) => {
  const path = info.outputPath('large.bin');
  writeFileSync(path, Buffer.alloc(${bytes}, 7));
  await info.attach('large file', { path, contentType: 'application/octet-stream' });
  await info.attach('large body', { body: Buffer.alloc(${bodyBytes}, 7), contentType: 'application/octet-stream' });
  for (let number = 0; number < 200; number++) await info.attach('small ' + number, { body: 'text ' + number });
});
`,
      },
      workers: 1,
      check(kept) {
        const attachments = readAttempts(kept)[0]?.attachments ?? [];
        const names = ['large file', 'large body', ...Array.from({ length: 200 }, (_, number) => `small ${number}`)];
        const [file, body] = attachments;
        return [
          ...difference('the attachments', names.join(), attachments.map(({ name }) => name).join()),
          ...(file?.path !== undefined && existsSync(file.path) ? [] : ['the large file is not where the record says']),
          ...(body?.sizeBytes === bodyBytes ? [] : [`the large body has ${body?.sizeBytes} bytes in the record`]),
        ];
      },
    };
  },
});
