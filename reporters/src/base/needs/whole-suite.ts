/** Whether a run was asked for all of its tests: only then a test that is not in it does not exist. */
import type { TestCase } from '@playwright/test/reporter';

/** Arguments of `playwright test` that choose no tests, and whether a value follows. */
const HARMLESS: Readonly<Record<string, 'value' | 'alone'>> = {
  '-c': 'value',
  '--config': 'value',
  '-j': 'value',
  '--workers': 'value',
  '-x': 'alone',
  '--max-failures': 'value',
  '--retries': 'value',
  '--reporter': 'value',
  '--add-reporter': 'value',
  '--repeat-each': 'value',
  '--timeout': 'value',
  '--global-timeout': 'value',
  '--trace': 'value',
  '--output': 'value',
  '--headed': 'alone',
  '--quiet': 'alone',
  '--forbid-only': 'alone',
  '--fully-parallel': 'alone',
  '--pass-with-no-tests': 'alone',
  '--update-snapshots': 'alone',
  '-u': 'alone',
  '--fail-on-flaky-tests': 'alone',
  '--ignore-snapshots': 'alone',
  '--tsconfig': 'value',
  '--shard': 'value',
};

/** @param argv Arguments as Playwright tells them, from the command on. */
export function asksForAll(argv: readonly string[], tests: readonly TestCase[]): boolean {
  const command = argv.lastIndexOf('test');
  if (command < 0) return false;
  const rest = argv.slice(command + 1);
  for (let index = 0; index < rest.length; index++) {
    const [name = '', value] = (rest[index] ?? '').split('=', 2);
    const kind = HARMLESS[name];
    if (kind === undefined) return false;
    if (kind === 'value' && value === undefined) index++;
  }
  return !tests.some(isOnly);
}

/** `test.only` chooses as well. Playwright does not tell where it stands: not knowing it, nothing may be refused. */
function isOnly(test: TestCase): boolean {
  interface Marked {
    readonly _only?: boolean;
    readonly parent?: Marked;
  }
  for (let at: Marked | undefined = test as unknown as Marked; at; at = at.parent) if (at._only) return true;
  return false;
}
