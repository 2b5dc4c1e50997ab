/** Every version with every other, from packed tarballs; the table in docs/compatibility.md is written anew. */
import { exitWith } from '../setup/entry.mjs';
import { placesOf } from '../setup/places.mjs';
import { endOnSignals } from '../setup/processes.mjs';
import { toolsOf } from '../stages/tools.mjs';

endOnSignals();
await exitWith(async () => {
  const args = ['run', '--root', 'tests/packaging', '--reporter=verbose', 'versions'];
  const { code } = await toolsOf(placesOf(), process.env).vitest(args, { show: true, extra: { QH_MATRIX: 'all' } });
  return code;
});
