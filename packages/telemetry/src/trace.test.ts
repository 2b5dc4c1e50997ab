import { expect, test } from 'vitest';
import { newTraceparent } from './trace.ts';

test('a traceparent is valid, sampled and new each time', () => {
  const { traceId, spanId, header } = newTraceparent();
  expect(header).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-01$/);
  expect(header).toBe(`00-${traceId}-${spanId}-01`);
  expect(newTraceparent().traceId).not.toBe(traceId);
});
