import { expect, test } from 'vitest';
import { type IsolationSection, isolationProblems } from './section.ts';

test.each<IsolationSection>([
  {},
  { isolation: 'none' },
  { isolation: 'template', template: { prepare: 'schema.sql', between: 'transaction' } },
  { template: { prepare: () => undefined, key: '17' }, truncate: { keep: ['versions'], seed: ['a.sql'] } },
])('%j is well', section => expect(isolationProblems(section)).toEqual([]));

test('everything that is wrong is told at once', () => {
  const section = {
    isolation: 'transactions',
    template: { prepare: () => undefined, betwen: 'clone', between: 'copy', spares: 9 },
    truncate: { keeps: [] },
  } as unknown as IsolationSection;
  expect(isolationProblems(section)).toEqual([
    '"isolation" is "transactions": did you mean "transaction"?',
    '"template.betwen" is no option: did you mean "template.between"?',
    '"template.key" is missing: expected a text that changes with what the function "prepare" makes',
    '"template.spares" is 9: expected a whole number from 0 to 8',
    '"template.between" is "copy": expected one of clone, transaction, truncate, none',
    '"truncate.keeps" is no option: did you mean "truncate.keep"?',
  ]);
  expect(isolationProblems({ isolation: 'template' })).toEqual([
    'there is no section "template": expected template.prepare, SQL files or a function',
  ]);
  expect(isolationProblems({ template: {} as never })).toEqual([
    '"template.prepare" is missing: expected SQL files or a function',
  ]);
});
