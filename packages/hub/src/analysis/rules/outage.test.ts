import type { CallEvidence, Evidence } from '@quality-hub/protocol';
import { expect, test } from 'vitest';
import { facts, page, wrongText } from '../../testing/sample-attempt.ts';
import { at } from '../../testing/sample-run.ts';
import { type Case, judgeCases } from '../../testing/verdict-cases.ts';
import { cluster } from '../cluster.ts';
import { judge } from '../judge.ts';

function call(outcome: CallEvidence['outcome'], more: Partial<CallEvidence> = {}): Evidence {
  return {
    kind: 'call',
    dependency: 'payments',
    operation: 'POST /charges',
    outcome,
    attempts: outcome === 'refused' ? 0 : 2,
    durationMs: 50,
    ...more,
  };
}

const opened: Evidence = { kind: 'breaker', dependency: 'payments', from: 'closed', to: 'open', reason: '2 in a row' };
const down: Evidence = { kind: 'health', dependency: 'payments', state: 'down' };
const outages = [{ dependency: 'payments', from: at(-5_000), to: at(30_000), reason: '5 calls failed in a row' }];
const refusal = 'BreakerOpenError: POST /charges was not sent: payments is down';

const cases: Case[] = [
  [
    'an open breaker lets a call not out',
    facts({ error: refusal, evidence: [call('refused', { errorCode: 'QH_BREAKER_OPEN' })] }),
    'environment',
    'POST /charges was not sent to payments: its breaker was open',
  ],
  [
    'a call fails while its dependency is down',
    facts({ error: 'Error: no answer', evidence: [call('timeout')], outages }),
    'environment',
    'payments was down from 09:59:55Z to 10:00:30Z (5 calls failed in a row), and POST /charges had no answer in time',
  ],
  [
    'a call is answered by 404 while its dependency is down: a proxy speaks for it',
    facts({
      error: 'Error: not found',
      evidence: [call('failed', { status: 404 })],
      outages: [{ dependency: 'payments', from: at(-5_000), reason: '' }],
    }),
    'environment',
    'to the end of the run',
  ],
  [
    'the attempt opens the breaker itself',
    facts({ error: 'Error: x', evidence: [opened] }),
    'environment',
    'opened: 2 in',
  ],
  [
    'a call fails, and the same one goes well later: a wrong text is a wrong text',
    facts({
      error: wrongText('4,00 €', '5,00 €'),
      evidence: [page('/', 200), call('failed', { status: 503 }), call('ok')],
      outages,
    }),
    'product',
  ],
  [
    'another dependency was down, and so was this one before',
    facts({
      error: wrongText('4,00 €', '5,00 €'),
      evidence: [page('/', 200), call('ok')],
      outages: [{ dependency: 'mail', from: at(-9_000), reason: '' }, ...outages],
    }),
    'product',
  ],
  [
    'a quota is used up: that is not the dependency',
    facts({ error: 'Error: quota', evidence: [call('refused', { errorCode: 'QH_QUOTA' })] }),
    'unknown',
  ],
  [
    'every call of the client was answered well, and the value is wrong',
    facts({
      error: wrongText('4,00 €', '5,00 €'),
      evidence: [call('ok', { origin: 'http://127.0.0.1:4000', operation: 'GET /orders/{id}', status: 200 })],
    }),
    'product',
    'answered as it should be',
  ],
  [
    'a call of a client is refused by the network: the origin is named',
    facts({
      error: 'HttpNetworkError: GET /orders failed',
      evidence: [
        call('failed', { origin: 'http://127.0.0.1:4000', operation: 'GET /orders/{id}', errorCode: 'ECONNREFUSED' }),
      ],
    }),
    'environment',
    'GET /orders/:id: 127.0.0.1:4000 refused the connection',
  ],
];
judgeCases(cases);

test('however the tests of one outage found out, they are one cause', () => {
  const attempts = [
    facts({ error: refusal, evidence: [call('refused')], test: 'a' }),
    facts({ error: 'Error: connect ECONNREFUSED', evidence: [call('failed')], outages, test: 'b' }),
    facts({ error: 'Error: x', evidence: [opened], test: 'c' }),
    facts({ error: 'Error: y', evidence: [down], test: 'd' }),
  ];
  const { clusters } = cluster(attempts.map(one => ({ facts: one, judgement: judge(one) })));
  expect(clusters).toMatchObject([{ title: 'payments is down', verdict: 'environment', tests: 4 }]);
  expect(clusters[0]?.remedy).toContain('Bring payments back');
});
