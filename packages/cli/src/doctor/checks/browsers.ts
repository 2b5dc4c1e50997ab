/** The browsers that the projects ask for are installed. */
import type { CheckResult, Patient } from '../check.ts';

export function checkBrowsers({ facts }: Pick<Patient, 'facts'>): CheckResult {
  const name = 'browsers';
  const missing = facts.browsers.filter(({ present }) => !present);
  if (missing.length > 0) {
    const places = missing.map(({ name: browser, path }) => `${browser} at ${path}`).join(', ');
    return {
      name,
      status: 'warn',
      message: `Not installed: ${places}; tests with a page will fail`,
      remedy: `Run \`npx playwright install ${[...new Set(missing.map(({ name: browser }) => browser))].join(' ')}\`, or name a browser in \`launchOptions.executablePath\``,
    };
  }
  if (facts.browsers.length === 0)
    return { name, status: 'ok', message: 'All projects use remote browsers, which are not checked' };
  const found = facts.browsers.map(({ name: browser, channel }) =>
    channel ? `${browser} (${channel} of this machine, not checked)` : browser,
  );
  return { name, status: 'ok', message: `Installed: ${found.join(', ')}` };
}
