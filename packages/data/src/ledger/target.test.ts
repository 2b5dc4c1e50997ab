import { expect, test } from 'vitest';
import { whyElsewhere } from './target.ts';

test('what both name and differs in makes it another place', () => {
  const created = { environment: 'staging', api: 'https://staging.example' };
  expect(whyElsewhere(created, created)).toBeUndefined();
  expect(whyElsewhere(created, { ...created, api: 'https://live.example' })).toBe(
    'it was created where api is https://staging.example, and here it is https://live.example',
  );
  expect(whyElsewhere(created, { environment: 'staging', shop: '127.0.0.1:5432/shop' })).toBeUndefined();
  expect(whyElsewhere(undefined, created)).toBeUndefined();
  expect(whyElsewhere(created)).toBeUndefined();
});
