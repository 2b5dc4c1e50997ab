import { expect, test } from 'vitest';
import { traceOf } from './service.ts';

test('a traceparent is read, a broken one is left', () => {
  const [traceId, spanId] = ['a'.repeat(32), 'b'.repeat(16)];
  expect(traceOf(`00-${traceId}-${spanId}-01`)).toEqual({ traceId, parentSpanId: spanId });
  expect(traceOf('00-nonsense')).toEqual({});
  expect(traceOf(undefined)).toEqual({});
});
