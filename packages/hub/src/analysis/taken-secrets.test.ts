import type { CallEvidence, Evidence, SecretEvidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import type { EvidenceRow } from '../store/run-store.ts';
import { facts } from '../testing/sample-attempt.ts';
import { record } from '../testing/sample-run.ts';
import { judge, reasonsOf } from './judge.ts';
import { withTakenSecrets } from './taken-secrets.ts';

const ORIGIN = 'http://127.0.0.1:4000';
const key = (more: Partial<SecretEvidence> = {}): SecretEvidence => ({
  kind: 'secret',
  name: 'shopKey',
  outcome: 'ok',
  store: 'vault',
  version: '3',
  dependency: 'shop',
  ...more,
});
const call = (operation: string, status = 200): CallEvidence => ({
  kind: 'call',
  dependency: 'shop',
  operation,
  outcome: status < 400 ? 'ok' : 'failed',
  attempts: 1,
  durationMs: 3,
  origin: ORIGIN,
  status,
  ...(status < 400 ? {} : { errorCode: 'QH_HTTP_STATUS' }),
});

/** Evidence of the attempt that fails, then of others; each begins so many milliseconds after the one before. */
function judged(own: readonly Evidence[], ...others: readonly (readonly Evidence[])[]) {
  const error = `HttpStatusError: GET ${ORIGIN}/reports gave 401, expected 2xx`;
  const failing = facts({ error, evidence: own });
  const rows = [own, ...others].map(
    (evidence, index): EvidenceRow => ({
      test: `t${index}`,
      retry: 0,
      shard: 1,
      startedAt: undefined,
      records: evidence.map((one, at) => record(at + 1, one, index * 1_000 + (at + 1) * 10)),
    }),
  );
  const [told = failing] = withTakenSecrets([failing], () => rows);
  return { told, judgement: judge(told) };
}

const refused = [key(), key({ outcome: 'rejected' }), call('GET /reports', 401)];
const taken = [key(), call('GET /orders'), call('GET /stock'), call('GET /orders/4711')];

test('one place refuses a secret that others take afterwards: the place is wrong, not the secret', () => {
  const { told, judgement } = judged(refused, taken);
  expect(told.takenElsewhere).toEqual([
    {
      dependency: 'shop',
      secrets: ['shopKey'],
      place: 'GET /reports',
      status: 401,
      takenAt: ['GET /orders', 'GET /orders/:id', 'GET /stock'],
    },
  ]);
  expect(judgement.verdict).toBe('product');
  expect(reasonsOf(judgement)[0]).toBe(
    'GET /reports at 127.0.0.1:4000 answered 401, though GET /orders and GET /orders/:id and 1 more took shopKey in the same version afterwards',
  );
});

test('403 there is a right that the user does not have', () => {
  const { judgement } = judged([key(), call('GET /reports', 403)], taken);
  expect(judgement.verdict).toBe('data');
});

test.each<[string, readonly (readonly Evidence[])[]]>([
  ['it was taken before only: it may be over by now', []],
  ['another version was taken', [[key({ version: '4' }), ...taken.slice(1)]]],
  ['another secret was taken', [[key({ name: 'adminKey' }), ...taken.slice(1)]]],
  ['only what is open to anybody lets it in', [[key(), call('GET /health'), call('POST /login'), call('GET /status')]]],
  ['other places refuse it too', [[key(), call('GET /stock', 401), call('GET /orders'), call('GET /carts')]]],
  ['it was taken at one other place only', [[key(), call('GET /orders')]]],
  [
    'a store without versions gave another value meanwhile',
    [[key({ outcome: 'rotated', version: '' }), ...taken.slice(1)]],
  ],
])('a refused secret stays the reason where %s', (_, others) => {
  const { told, judgement } = judged(refused, ...others);
  expect(told.takenElsewhere).toBeUndefined();
  expect(judgement.verdict).toBe('credential');
});

test('a run in which nobody was refused is not looked through', () => {
  const attempts = [facts({ error: 'Error: no', evidence: [key(), call('GET /orders')] })];
  const rows = (): EvidenceRow[] => {
    throw new Error('nobody has to look');
  };
  expect(withTakenSecrets(attempts, rows)).toBe(attempts);
});
