import { expect, test } from 'vitest';
import { newValue } from './new-value.ts';

test('a new value has 32 letters and digits, each as likely as the others, and no two are the same', async () => {
  const values = await Promise.all(Array.from({ length: 500 }, () => newValue('a', { everyDays: 1 })));
  expect(new Set(values).size).toBe(500);
  for (const value of values) expect(value).toMatch(/^[A-Za-z0-9]{32}$/);
  const counts = [...Map.groupBy(values.join(''), sign => sign).values()].map(({ length }) => length);
  // 16 000 signs of 62: 258 of each, with a deviation of 16.
  expect([counts.length, Math.min(...counts) > 150, Math.max(...counts) < 370]).toEqual([62, true, true]);
});

test('length and alphabet are those of the schedule, also of signs that take two units', async () => {
  const turn = (below: number): number => turns++ % below;
  let turns = 0;
  expect(await newValue('a', { everyDays: 1, length: 12, alphabet: '0123456789' }, turn)).toBe('012345678901');
  turns = 8;
  expect(await newValue('a', { everyDays: 1, length: 12, alphabet: '01234567🦊9' }, turn)).toBe('🦊901234567🦊9');
});

test('what no mask can look for is made anew, and given up where chance has none', async () => {
  let tried = 0;
  const stuck = (): number => (tried++ < 12 ? 0 : tried % 10);
  const schedule = { everyDays: 1, length: 12, alphabet: '0123456789' };
  expect(await newValue('a', schedule, stuck)).toMatch(/^34567890123?/);
  await expect(newValue('a', schedule, () => 0)).rejects.toMatchObject({
    code: 'QH_SECRET_INVALID',
    message: expect.stringContaining('chance gave a text of 12 characters'),
  });
});

test.each<[unknown, string]>([
  ['short', 'generate gave a text of 5 characters'],
  ['aaaaaaaaaaaa', 'generate gave a text of 12 characters'],
  [undefined, 'generate gave something else, undefined'],
])('a function that gives %j is told, without the value', async (given, said) => {
  const failed = newValue('pin', { everyDays: 1, generate: () => given as string });
  await expect(failed).rejects.toMatchObject({ code: 'QH_SECRET_INVALID', message: expect.stringContaining(said) });
  await expect(failed).rejects.not.toThrow('aaaaaaaaaaaa');
});
