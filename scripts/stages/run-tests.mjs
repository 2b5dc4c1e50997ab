/** Runs the stages one after the other, goes on after a failure, and closes with one line that says it all. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startServers } from '../servers/start-servers.mjs';
import { exitWith } from '../setup/entry.mjs';
import { placesOf } from '../setup/places.mjs';
import { endOnSignals } from '../setup/processes.mjs';
import { check } from './check.mjs';
import { STAGE_NAMES } from './names.mjs';

import { playwrightStage } from './playwright-stage.mjs';
import { showStage } from './show-stage.mjs';
import { closingLine, sum } from './tally.mjs';
import { toolsOf } from './tools.mjs';
import { unit } from './unit.mjs';
import { vitestStage } from './vitest-stage.mjs';

const STAGES = {
  check,
  unit,
  scripts: vitestStage('scripts'),
  packaging: vitestStage('tests/packaging'),
  suite: playwrightStage({ folder: 'tests/e2e', extra: { SHOP_DAY: 'good' } }),
  scenarios: playwrightStage({ folder: 'tests/scenarios', project: 'scenarios' }),
  journeys: playwrightStage({ folder: 'tests/journeys', project: 'journeys' }),
};
const NEEDS_SERVERS = STAGE_NAMES.filter(name => name !== 'check');

endOnSignals();
await exitWith(async () => {
  const wanted = process.argv.slice(2);
  const names = STAGE_NAMES.filter(name => wanted.length === 0 || wanted.includes(name));
  const places = placesOf();
  const logs = join(places.cache, 'logs');
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const withServers = names.some(name => NEEDS_SERVERS.includes(name));
  const servers = withServers ? await startServers(places) : { env: {}, missing: [], stop: async () => {} };
  const tools = toolsOf(places, { ...process.env, ...servers.env });
  const counts = [];
  for (const name of names) {
    counts.push(await showStage(name, { places, tools, log: join(logs, `${name}.log`) }, STAGES[name]));
  }
  await servers.stop();
  const total = sum(counts);
  const failures = counts.flatMap(each => each.failures ?? []);
  if (failures.length > 0) console.log(`\nFailed:\n${failures.map(each => `  ${each}`).join('\n')}`);
  if (servers.missing.length > 0) {
    console.log(
      `\nSkipped for want of a server: ${servers.missing.map(({ name, why }) => `${name} (${why})`).join('; ')}`,
    );
  }
  console.log(`\n${closingLine(total)}`);
  return total.failed > 0 || total.passed === 0 ? 1 : 0;
});
