import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createTerminal, type OutputStream } from './terminal.ts';
import { duration, localTime, percent, plural } from './words.ts';
import { columns, wrap } from './wrap.ts';

function stream(isTTY: boolean, wide?: number): OutputStream & { text: string } {
  const made = {
    text: '',
    isTTY,
    ...(wide === undefined ? {} : { columns: wide }),
    write: (text: string) => {
      made.text += text;
    },
  };
  return made;
}

function redWith(isTTY: boolean, env: NodeJS.ProcessEnv): string {
  return createTerminal(stream(isTTY), stream(isTTY), env).paint('red', 'x');
}

test('colours are for terminals, and the environment has the last word', () => {
  const coloured = '\u001B[31mx\u001B[39m';
  expect(redWith(true, {})).toBe(coloured);
  expect(redWith(false, {})).toBe('x');
  expect(redWith(true, { NO_COLOR: '1' })).toBe('x');
  expect(redWith(true, { NO_COLOR: '' })).toBe(coloured);
  expect(redWith(true, { TERM: 'dumb' })).toBe('x');
  expect(redWith(false, { FORCE_COLOR: '1' })).toBe(coloured);
  expect(redWith(true, { FORCE_COLOR: '0' })).toBe('x');
});

test('lines go to their streams, and only a terminal has a width', () => {
  const [out, err] = [stream(true, 40), stream(false)];
  const terminal = createTerminal(out, err, {});
  terminal.out('result');
  terminal.err('trouble');
  expect([out.text, err.text]).toEqual(['result\n', 'trouble\n']);
  expect(terminal.width).toBe(40);
  expect(createTerminal(stream(true, 3), err, {}).width).toBe(20);
  expect(createTerminal(stream(true), err, {}).width).toBe(80);
  expect(createTerminal(stream(false), err, {}).width).toBe(Number.POSITIVE_INFINITY);
});

test('a question is asked where both ends are terminals, and the end of the input is an empty answer', async () => {
  const asked = async (type: (input: PassThrough) => void): Promise<[string | undefined, string]> => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const out = stream(true);
    const answer = createTerminal(out, out, {}, input).ask?.('Go on? ');
    type(input);
    return [await answer, out.text];
  };
  expect(await asked(input => input.write('yes\n'))).toEqual(['yes', 'Go on? ']);
  expect(await asked(input => input.end())).toEqual(['', 'Go on? \n']);
  expect(createTerminal(stream(false), stream(true), {}, Object.assign(new PassThrough(), { isTTY: true })).ask).toBe(
    undefined,
  );
  expect(createTerminal(stream(true), stream(true), {}, new PassThrough()).ask).toBe(undefined);
});

test('text is broken between words under a hanging indent, long words stay whole', () => {
  expect(wrap('one two three', 9, '- ')).toEqual(['- one two', '  three']);
  expect(wrap('see /a/very/long/path now', 10)).toEqual(['see', '/a/very/long/path', 'now']);
  expect(wrap('', 10, '> ')).toEqual(['> ']);
  expect(columns('\u001B[31mred\u001B[39m')).toBe(3);
});

test('numbers, lengths and times read well', () => {
  expect([plural(1, 'test'), plural(0, 'test'), plural(2, 'copy', 'copies')]).toEqual([
    '1 test',
    '0 tests',
    '2 copies',
  ]);
  expect([0, 340, 8234, 59_960, 125_000, 120_000, 3_600_000, 3_780_000].map(duration)).toEqual([
    '0 ms',
    '340 ms',
    '8.2 s',
    '1 min',
    '2 min 5 s',
    '2 min',
    '1 h',
    '1 h 3 min',
  ]);
  expect(localTime('2026-03-04T05:06:07.000')).toBe('2026-03-04 05:06:07');
  expect(localTime('some day')).toBe('some day');
  expect(percent(0.874)).toBe('87 %');
});

test('what is typed in secret is not shown, also where it is corrected, and the keyboard is given back', async () => {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (mode: boolean) => modes.push(mode) });
  const shown: string[] = [];
  const out = { isTTY: true, write: (text: string) => shown.push(text) };
  const { askHidden, piped } = createTerminal(out, out, {}, input);
  const answer = askHidden?.('Passphrase: ');
  for (const keys of ['hidd', 'ex', '\u007f', 'n word', '\r']) input.write(keys);
  expect(await answer).toBe('hidden word');
  expect([shown.join(''), modes, piped]).toEqual(['Passphrase: \n', [true, false], undefined]);
  const second = askHidden?.('Again: ');
  input.end('all there is');
  expect(await second).toBe('all there is');
});

test('what comes through a pipe is read to its end', async () => {
  const input = new PassThrough();
  const { askHidden, piped } = createTerminal(process.stdout, process.stderr, {}, input);
  input.end('of another program\n');
  expect([await piped?.(), askHidden]).toEqual(['of another program\n', undefined]);
});
