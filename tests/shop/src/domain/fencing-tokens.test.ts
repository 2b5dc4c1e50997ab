import { expect, test } from 'vitest';
import { FencingTokens } from './fencing-tokens.ts';

test('an older token than the newest of its name is refused, and what came with it is not kept', () => {
  const tokens = new FencingTokens();
  tokens.check('stock=7, a%20b=3');
  tokens.check(['stock=7', 'stock=8']);
  tokens.check(undefined);
  expect(() => tokens.check('other=1, stock=7')).toThrow(
    expect.objectContaining({
      status: 409,
      code: 'stale_token',
      message: 'stock was written with token 8; 7 is older',
    }),
  );
  tokens.check('other=0');
  for (const wrong of ['stock', 'stock=', '=1', 'stock=x', ''])
    expect(() => tokens.check(wrong), wrong).toThrow(expect.objectContaining({ status: 400 }));
});
