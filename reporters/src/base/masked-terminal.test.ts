import { createMask } from '@quality-hub/telemetry';
import { expect, test, vi } from 'vitest';
import { maskTerminals, type Terminal } from './masked-terminal.ts';

const SECRET = 'Zx9-kQ2_pL7vTt';
const mask = createMask({ values: [SECRET] });

function terminal() {
  const write = vi.fn(() => true);
  return { stream: { write } as unknown as Terminal, write };
}

test('text and bytes are masked, with all arguments, and the answer of the stream is given back', () => {
  const { stream, write } = terminal();
  maskTerminals([stream], mask);
  const done = (): void => undefined;
  expect(stream.write(`a ${SECRET}`, 'utf8', done)).toBe(true);
  stream.write(Buffer.from(`é ${SECRET}`));
  stream.write(Buffer.from(`\xFF ${SECRET} \x80`, 'latin1'));
  expect(write.mock.calls).toEqual([
    ['a [masked]', 'utf8', done],
    [Buffer.from('é [masked]')],
    [Buffer.from('\xFF [masked] \x80', 'latin1')],
  ]);
});

test('a piece without a value is the same object', () => {
  const { stream, write } = terminal();
  maskTerminals([stream], mask);
  const piece = new Uint8Array([0xff, 0, 0x41]);
  stream.write(piece);
  expect((write.mock.calls as unknown[][])[0]?.[0]).toBe(piece);
});

test('what cannot be masked is written as it is', () => {
  const { stream, write } = terminal();
  maskTerminals([stream], {
    values: () => {
      throw new Error('broken');
    },
  });
  stream.write('a');
  stream.write(undefined as unknown as string);
  expect(write.mock.calls).toEqual([['a'], [undefined]]);
});

test('it is put back, unless somebody else stands in front of it by now', () => {
  const [mine, theirs] = [terminal(), terminal()];
  const putBack = maskTerminals([mine.stream, theirs.stream], mask);
  const other = vi.fn(() => true) as unknown as Terminal['write'];
  theirs.stream.write = other;
  putBack();
  expect(mine.stream.write).toBe(mine.write);
  expect(theirs.stream.write).toBe(other);
});
