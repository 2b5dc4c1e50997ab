/** Node and Playwright are new enough. */
import { isAtLeast, OLDEST } from '@quality-hub/protocol';
import type { CheckResult } from '../check.ts';

export function checkNode(version: string = process.versions.node): CheckResult {
  const name = 'node-version';
  if (isAtLeast(version, OLDEST.node)) return { name, status: 'ok', message: `Node ${version}` };
  return {
    name,
    status: 'fail',
    message: `Node ${version} is too old: the hub needs ${OLDEST.node} or newer`,
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
  if (isAtLeast(version, OLDEST.playwright)) return { name, status: 'ok', message: `Playwright ${version}` };
  return {
    name,
    status: 'fail',
    message: `Playwright ${version} is too old: ${OLDEST.playwright} or newer is needed`,
    remedy: 'Run `npm install --save-dev @playwright/test@latest`',
  };
}
