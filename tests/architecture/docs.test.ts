/** What the documentation names is there, and what is there is documented. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VERDICT_RULES } from '@quality-hub/hub';
import { VERDICTS } from '@quality-hub/protocol';
import { runEventSchema } from '@quality-hub/protocol/schema';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGES = [
  'README.md',
  'docs/README.md',
  'docs/clients-http.md',
  'docs/secret-stores.md',
  'docs/configuration.md',
  'docs/verdicts.md',
  'docs/compatibility.md',
  'docs/events.md',
  'docs/flags.md',
  'docs/locks-and-pools.md',
  'docs/outages.md',
  'docs/leaks.md',
  'docs/needs.md',
  'docs/masking.md',
  'docs/show-json.md',
  'docs/clients-databases.md',
  'docs/secrets.md',
  'docs/caching.md',
  'docs/test-data.md',
  'docs/cleaning-up.md',
  'docs/snapshots.md',
  'packages/clients/src/db/README.md',
  'packages/state/src/locks/README.md',
  'docs/datasets.md',
  'packages/state/src/cache/README.md',
  'packages/data/src/datasets/README.md',
  'fixtures/README.md',
  'reporters/README.md',
  'tests/shop/README.md',
  ...[
    'protocol',
    'resilience',
    'telemetry',
    'artifacts',
    'state',
    'clients',
    'config',
    'flags',
    'secrets',
    'runtime',
    'data',
    'hub',
    'cli',
    'testkit',
  ].map(name => `packages/${name}/README.md`),
];

const read = (page: string): string => readFileSync(join(ROOT, page), 'utf8');

test.each(PAGES)('the links of %s lead somewhere', page => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link]) => link ?? '');
  expect(links.filter(link => !existsSync(join(ROOT, dirname(page), link)))).toEqual([]);
});

test('every verdict and every rule stands in the page about verdicts, and nothing else does', () => {
  const [list = ''] = read('docs/verdicts.md').split('\n\nSome rules');
  const named = [...list.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(([, name]) => name);
  expect(named.sort()).toEqual([...VERDICTS, ...VERDICT_RULES.map(({ name }) => name)].sort());
});

test('the page about events lists exactly the kinds there are', () => {
  const kinds = runEventSchema.options.map(({ shape }) => shape.kind.value);
  const documented = [...read('docs/events.md').matchAll(/^\| `([\w.]+)` +\|/gm)].map(([, kind]) => kind);
  expect(documented.sort()).toEqual([...kinds].sort());
});
