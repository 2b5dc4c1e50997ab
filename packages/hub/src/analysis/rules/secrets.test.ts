import { expect, it } from 'vitest';
import { facts } from '../../testing/sample-attempt.ts';
import { secretTrouble } from './secrets.ts';

it.each(['denied', 'unreachable'] as const)('what to do when a secret is %s is what its store says', outcome => {
  const trouble = { kind: 'secret', name: 'key', outcome, store: 'kept' } as const;
  const remedyOf = (hint: object) =>
    secretTrouble.judge(facts({ error: 'Error: no', evidence: [{ ...trouble, ...hint }] }))?.remedy;
  expect(remedyOf({ hint: 'Set QUALITY_HUB_SECRETS_PASSPHRASE' })).toBe('Set QUALITY_HUB_SECRETS_PASSPHRASE');
  expect(remedyOf({})).toMatch(/key|kept/);
});
