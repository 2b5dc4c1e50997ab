/**
 * What one run of the suite decides once. Playwright evaluates its configuration again in every worker, so each
 * decision is kept in the environment, which the workers inherit.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names the file with the signed-in staff session, which the setup project writes. */
export const staffStateVariable = 'E2E_STAFF_STATE';

export interface RunSettings {
  /** Where Playwright keeps traces and attachments. */
  readonly outputDir: string;
}

export function decideRunSettings(root: string): RunSettings {
  const { env } = process;
  for (const name of ['SHOP_CONTROL_TOKEN', 'SHOP_WAREHOUSE_TOKEN', 'SHOP_STAFF_PASSWORD']) {
    env[name] ||= randomBytes(18).toString('base64url');
  }
  // Runs of other suites, which this one starts as children, have a clean environment and do not see it.
  env['QUALITY_HUB_CONFIG'] ||= join(root, 'tests', 'e2e', 'quality-hub.config.ts');
  // What workers share of sign-ins is encrypted; whoever knows the password may read it.
  env['E2E_CACHE_KEY'] ||= createHash('sha256').update(`cache ${env['SHOP_STAFF_PASSWORD']}`).digest('base64');
  env['E2E_SLOT'] ||= takeSlot(root);
  const slot = env['E2E_SLOT'];
  env[staffStateVariable] = join(root, '.cache', 'e2e', slot, 'staff.json');
  return {
    outputDir: slot === 'main' ? join(root, 'test-results') : join(root, '.cache', 'e2e', slot, 'test-results'),
  };
}

/**
 * Playwright empties its output folder when it starts. A second run at the same time therefore gets its own:
 * the slot is `main` for who comes first, and named by the process for who comes while that one lives.
 */
function takeSlot(root: string): string {
  const folder = join(root, '.cache', 'e2e');
  const mark = join(folder, 'main.pid');
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) {
    const pid = /^run-(\d+)$/.exec(name)?.[1];
    if (pid && !isAlive(Number(pid))) rmSync(join(folder, name), { recursive: true, force: true });
  }
  try {
    writeFileSync(mark, String(process.pid), { flag: 'wx' });
    return 'main';
  } catch {
    if (isAlive(Number(readFileSync(mark, 'utf8')))) return `run-${process.pid}`;
    writeFileSync(mark, String(process.pid));
    return 'main';
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
