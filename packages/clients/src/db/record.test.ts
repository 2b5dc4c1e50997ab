import { expect, test } from 'vitest';
import { shownParams } from './record.ts';
import { maskedCause } from './statement/masked-cause.ts';

const mask = { text: (text: string) => text.replaceAll('s3cret-value', '[masked]') };

test('parameters are shown as text, masked and shortened', () => {
  const values = [
    'a s3cret-value',
    7,
    null,
    true,
    new Date(0),
    { a: 's3cret-value' },
    Buffer.from('abc'),
    'x'.repeat(150),
  ];
  expect(shownParams('call anything(?, ?, ?, ?, ?, ?, ?, ?)', values, mask)).toEqual([
    'a [masked]',
    '7',
    'null',
    'true',
    '1970-01-01T00:00:00.000Z',
    '{"a":"[masked]"}',
    'bytes(3)',
    `${'x'.repeat(100)}… (150 characters)`,
  ]);
});

test.each([
  ['select 1 from users where name = $1 and password = $2', ['ann', '[masked]']],
  ['select 1 from users where password = $2 and name = $1', ['ann', '[masked]']],
  ['select 1 from users where name = ? and `password` = ?', ['ann', '[masked]']],
  ['insert into users (name, password) values (?, ?)', ['ann', '[masked]']],
  ['insert into "users" ("name", "password") values ($1, $2)', ['ann', '[masked]']],
  ['update users set name = ?, password = ?', ['ann', '[masked]']],
])('what belongs to a column with the name of a secret is masked: %s', (sql, shown) => {
  expect(shownParams(sql, ['ann', 'correct horse'], mask)).toEqual(shown);
});

test('many rows in one insert: the secret column of each is masked', () => {
  const sql = 'insert into users (name, password) values (?, ?), (?, ?)';
  expect(shownParams(sql, ['ann', 'p1', 'bob', 'p2'], mask)).toEqual(['ann', '[masked]', 'bob', '[masked]']);
});

test('the error of a driver keeps what tells it apart, masked, and loses the statement', () => {
  const error = Object.assign(new Error('duplicate s3cret-value'), {
    code: '23505',
    detail: 'Key (token)=(s3cret-value) already exists.',
    sql: "insert into tokens values ('s3cret-value')",
    constraint: 'tokens_pkey',
  });
  const cause = maskedCause(error, mask);
  expect(cause).toMatchObject({
    message: 'duplicate [masked] (Key (token)=([masked]) already exists.)',
    code: '23505',
    constraint: 'tokens_pkey',
  });
  expect(JSON.stringify({ ...cause }) + cause.stack).not.toContain('s3cret-value');
  expect(maskedCause('a text with s3cret-value', mask).message).toBe('a text with [masked]');
});
