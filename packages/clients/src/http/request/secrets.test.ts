import { createMask, Secret } from '@quality-hub/telemetry';
import { expect, test } from 'vitest';
import { json, startFaulty } from '../../testing/faulty-server.ts';
import { createHttpClient } from '../http-client.ts';
import type { CallRecord } from '../record/call-record.ts';

const VALUE = 'Zx9-kQ2_pL7vTt';

test('a secret in its box goes into header, path, query, JSON, form and multipart, and into no record', async () => {
  await using server = await startFaulty(json({ error: 'no' }, 404));
  const mask = createMask();
  const records: CallRecord[] = [];
  await using client = createHttpClient({ baseURL: server.url, mask, observe: record => void records.push(record) });
  const key = new Secret('paymentKey', { read: () => VALUE, beforeReveal: texts => mask.add(texts) });
  const login = new Secret('login', { read: () => ({ user: 'ann', password: VALUE }) });
  const failures = await Promise.all([
    client
      .get('/keys/{key}', { params: { key }, query: { key, all: ['a', key] }, headers: { 'X-Key': key } })
      .catch(String),
    client.post('/sessions', { json: { login, deep: [{ key }], said: '[secret:paymentKey]' } }).catch(String),
    client.post('/sessions', { json: key }).catch(String),
    client.post('/sessions', { form: { key } }).catch(String),
    client.post('/upload', { multipart: { key } }).catch(String),
  ]);
  const byBody = server.asked.map(({ url, body, headers }) => [url, String(body), headers['x-key']]);
  expect(byBody).toEqual(
    expect.arrayContaining([
      ['/upload', expect.stringContaining(`\r\n\r\n${VALUE}\r\n`), undefined],
      [`/keys/${VALUE}?key=${VALUE}&all=a&all=${VALUE}`, '', VALUE],
      [
        '/sessions',
        JSON.stringify({
          login: { user: 'ann', password: VALUE },
          deep: [{ key: VALUE }],
          said: '[secret:paymentKey]',
        }),
        undefined,
      ],
      ['/sessions', JSON.stringify(VALUE), undefined],
      ['/sessions', `key=${VALUE}`, undefined],
    ]),
  );
  expect(failures.join()).not.toContain(VALUE);
  expect(JSON.stringify(records.map(record => [record.exchange(), record.evidence(), record.facts]))).not.toContain(
    VALUE,
  );
});
