import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DOCUMENTED_RUN } from '../testing/bad-day.ts';
import { recordRun } from '../testing/record-run.ts';
import { runBin } from '../testing/run-bin.ts';

const PAGE = readFileSync(new URL('../../../../docs/show-json.md', import.meta.url), 'utf8');

/** Every place of a value with its type: `failures[].identity.key: string`. Words of rules may change, these may not. */
function placesOf(value: unknown, at = ''): string[] {
  if (Array.isArray(value)) return value.flatMap(entry => placesOf(entry, `${at}[]`));
  if (typeof value !== 'object' || value === null) return [`${at}: ${typeof value}`];
  return Object.entries(value).flatMap(([key, entry]) => placesOf(entry, at === '' ? key : `${at}.${key}`));
}

test('the documented example has every field of the real output, with its type, and no other', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'qh-json-'));
  recordRun(join(cwd, '.quality-hub'), DOCUMENTED_RUN);
  const real = JSON.parse((await runBin(['show', '--json'], { cwd })).stdout);
  rmSync(cwd, { recursive: true });
  const example = JSON.parse(/```json\n([^]*?)\n```/.exec(PAGE)?.[1] ?? '');
  // Verdicts are keyed by their names, which depend on the failures.
  expect([...new Set(placesOf(example))].sort()).toEqual([...new Set(placesOf(real))].sort());
  expect([example.run, example.counts, example.delivery]).toEqual([real.run, real.counts, real.delivery]);
});

test('every field of the example is explained', () => {
  const example = JSON.parse(/```json\n([^]*?)\n```/.exec(PAGE)?.[1] ?? '');
  const names = Object.entries(example).flatMap(([section, value]) => {
    const first: unknown = Array.isArray(value) ? value[0] : value;
    if (section === 'verdicts') return ['verdicts'];
    return Object.keys(first as object).map(key => `${section}${Array.isArray(value) ? '[]' : ''}.${key}`);
  });
  const explanations = PAGE.slice(PAGE.lastIndexOf('```'));
  expect(names.filter(name => !explanations.includes(`\`${name}`))).toEqual([]);
});
