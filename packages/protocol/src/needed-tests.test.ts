import { expect, test } from 'vitest';
import { testNeedsIn } from './needed-tests.ts';

test('needed tests are read from annotations, each once, and other needs are not theirs', () => {
  const said = (description: string) => ({ type: 'qh:needs', description });
  expect(
    testNeedsIn([
      said('test pay.spec.ts › pays'),
      said('healthy payments'),
      said('tag @setup'),
      said('tag @setup'),
      { type: 'issue', description: 'test x' },
      { type: 'qh:needs' },
    ]),
  ).toEqual([
    { by: 'test', text: 'pay.spec.ts › pays' },
    { by: 'tag', text: '@setup' },
  ]);
});
