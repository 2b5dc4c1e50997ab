/** The environment of a child run: what the outer run, its CI and its test runner left behind is removed. */

/** Names and prefixes (ending in `*`) that change how Playwright or Quality Hub behaves. */
const REMOVED = [
  ...['CI', 'CI_*', 'BUILD_*', 'BUILDKITE*', 'CIRCLE*', 'GITHUB_*', 'GITLAB_*', 'JENKINS_*', 'TEAMCITY_*', 'TF_BUILD'],
  ...['TRAVIS*', 'BITBUCKET_*', 'APPVEYOR*', 'DRONE*', 'CODEBUILD_*', 'SYSTEM_*'],
  ...[
    'QUALITY_HUB_*',
    'QH__*',
    'PW_*',
    'PWTEST_*',
    'PWDEBUG',
    'PLAYWRIGHT_*',
    'TEST_WORKER_INDEX',
    'TEST_PARALLEL_INDEX',
  ],
  ...['VITEST*', 'NODE_ENV', 'NODE_OPTIONS', 'NODE_V8_COVERAGE', 'NO_COLOR', 'FORCE_COLOR', 'DEBUG', 'COLUMNS'],
];

/** Where browsers are is a fact of the machine, not of the outer run. */
const KEPT = ['PLAYWRIGHT_BROWSERS_PATH', 'PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD'];

/** A copy of `base` as a child run should see it, with `extra` on top. An `undefined` in `extra` removes a variable. */
export function cleanEnvironment(
  base: NodeJS.ProcessEnv,
  extra: Readonly<Record<string, string | undefined>> = {},
): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(base)) if (!isRemoved(name)) env[name] = value;
  // Playwright's reporters take "0" as off; NO_COLOR beside it would make Node print a warning.
  env.FORCE_COLOR = '0';
  for (const [name, value] of Object.entries(extra)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

function isRemoved(name: string): boolean {
  if (KEPT.includes(name)) return false;
  return REMOVED.some(rule => (rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule));
}
