/** Types, lint and format, dead code: one check each. The architecture is counted by its own tests. */
import { count, sum } from './tally.mjs';
import { vitestStage } from './vitest-stage.mjs';

const architectureTests = vitestStage('tests/architecture');

/** @param {{ places: object, tools: ReturnType<import('./tools.mjs').toolsOf>, log: string }} context */
export async function check({ places, tools, log }) {
  const logOf = part => log.replace(/\.log$/, `-${part}.log`);
  const logs = { types: logOf('types'), architecture: logOf('architecture'), knip: logOf('knip') };
  const turboArgs = ['run', 'typecheck', 'lint', '--continue=always', '--output-logs=errors-only'];
  const typesAndLint = await tools.turbo(turboArgs, { log: logs.types });
  const failed = failedTasks(typesAndLint);
  const architecture = await architectureTests({ places, tools, log: logs.architecture });
  const knip = await tools.knip(['--no-progress'], { log: logs.knip });
  const results = {
    'types (pnpm typecheck)': !failed.includes('typecheck'),
    'lint and format (pnpm lint; pnpm format writes)': !failed.includes('lint'),
    'dead code (pnpm knip)': knip.code === 0,
  };
  const failures = Object.keys(results).filter(name => !results[name]);
  const checks = count(Object.keys(results).length - failures.length, failures.length);
  return {
    ...sum([checks, architecture]),
    failures: [...failures, ...architecture.failures],
    notes: [`turbo: ${cachedNote(typesAndLint.output)}`],
    logs: [
      ...(failed.length > 0 ? [logs.types] : []),
      ...(architecture.failed > 0 ? [logs.architecture] : []),
      ...(knip.code === 0 ? [] : [logs.knip]),
    ],
  };
}

/** Which of the two failed; both when turbo itself did not get to run them. */
function failedTasks({ code, output }) {
  if (code === 0) return [];
  const named = ['typecheck', 'lint'].filter(task => new RegExp(`Failed:.*#${task}\\b`).test(output));
  const builds = /Failed:.*#build\b/.test(output);
  if (builds && !named.includes('typecheck')) named.push('typecheck');
  return named.length > 0 ? named : ['typecheck', 'lint'];
}

export function cachedNote(output) {
  return /Cached:\s+(.*)/.exec(output)?.[1]?.trim() ?? 'no summary';
}
