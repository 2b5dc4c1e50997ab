/** Node and Playwright are new enough. */
import type { CheckResult } from '../check.ts';
import { isAtLeast } from '../version.ts';

const NODE_MINIMUM = '22.19.0';
const PLAYWRIGHT_MINIMUM = '1.62.0';

export function checkNode(version: string = process.versions.node): CheckResult {
  const name = 'node-version';
  if (isAtLeast(version, NODE_MINIMUM)) return { name, status: 'ok', message: `Node ${version}` };
  return {
    name,
    status: 'fail',
    message: `Node ${version} is too old: the hub needs 22.19 or newer`,
    remedy: 'Install the current long-term release of Node',
  };
}

export function checkPlaywright(version: string | undefined, dir: string): CheckResult {
  const name = 'playwright-version';
  if (version === undefined) {
    return {
      name,
      status: 'fail',
      message: `@playwright/test is not installed for ${dir}`,
      remedy: 'Run `npm install --save-dev @playwright/test`, or run the doctor in the folder of your suite',
    };
  }
  if (isAtLeast(version, PLAYWRIGHT_MINIMUM)) return { name, status: 'ok', message: `Playwright ${version}` };
  return {
    name,
    status: 'fail',
    message: `Playwright ${version} is too old: 1.62 or newer is needed`,
    remedy: 'Run `npm install --save-dev @playwright/test@latest`',
  };
}
