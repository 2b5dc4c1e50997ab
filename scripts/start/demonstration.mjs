/** The main job: the shop's suite on a bad day (or a good one), and whether it ended as it should. */
import { exitWith } from '../setup/entry.mjs';
import { placesOf } from '../setup/places.mjs';
import { endOnSignals } from '../setup/processes.mjs';
import { toolsOf } from '../stages/tools.mjs';
import { judgeDemonstration } from './judge-demonstration.mjs';
import { readLatestRun } from './latest-run.mjs';

endOnSignals();
await exitWith(async () => {
  const day = process.argv.includes('--good-day') ? 'good' : 'bad';
  const places = placesOf();
  console.log(`\n$ SHOP_DAY=${day} npx playwright test\n`);
  const before = await readLatestRun(places);
  const suite = await toolsOf(places, process.env).playwright(['test'], { show: true, extra: { SHOP_DAY: day } });
  const after = await readLatestRun(places);
  const shown = after && JSON.stringify(after.run) !== JSON.stringify(before?.run) ? after : undefined;
  const { ok, sentence } = judgeDemonstration({ day, exitCode: suite.code, shown });
  console.log(`\n${sentence}`);
  return ok ? 0 : 1;
});
