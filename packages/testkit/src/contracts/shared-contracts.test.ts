import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { SuiteFunctions } from './describe-event-stream.ts';
import { sharedKeyValueContract } from './key-value/shared-key-value-contract.ts';
import { sharedLeaseContract } from './lease/shared-lease-contract.ts';

const module = new URL('../testing/one-row-drivers.ts', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'qh-contracts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let places = 0;
const source = (flaw = '') => ({ location: () => join(folder, `${++places}.db${flaw}`), module });

sharedKeyValueContract('one row', source(), { describe, test });
sharedLeaseContract('one row', source(), { describe, test });

/** The one fact of that name, to be tried here. */
function fact(register: (suite: SuiteFunctions) => void, name: string): () => Promise<void> {
  const facts = new Map<string, () => Promise<void>>();
  register({
    describe: (_, body) => body(),
    test: (title: string, body: () => Promise<void>) => void facts.set(title, body),
  } as SuiteFunctions);
  const found = facts.get(name);
  if (found === undefined) throw new Error(`there is no fact "${name}"`);
  return found;
}

test('a store whose calls are no atomic steps is found out', async () => {
  const count = fact(
    suite => sharedKeyValueContract('x', source('?flaw=unlocked'), suite),
    'processes that open a new store and count at the same time lose no count',
  );
  await expect(count()).rejects.toThrow();
});

test('leases that several hold at a time are found out', async () => {
  const write = fact(
    suite => sharedLeaseContract('x', source('?flaw=generous'), suite),
    'of many processes one holds at a time, in the order of the tokens',
  );
  await expect(write()).rejects.toThrow();
});
