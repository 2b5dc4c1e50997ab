/** `quality-hub snapshots`: which there are, what differs between two of them, and how one is removed. */
import type { Snapshots } from '@quality-hub/data';
import type { Command, CommandContext } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { UsageError } from '../errors.ts';
import { hubFolderHere } from '../hub-access/hub-folder.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { plural } from '../terminal/words.ts';

/** With how many names behind it. */
const ACTIONS: Readonly<Record<string, number>> = { list: 0, diff: 2, remove: 1 };

export const snapshotsCommand: Command = {
  name: 'snapshots',
  summary: 'Shows the snapshots that tests have saved, and what differs between two of them.',
  operands: '[list|diff|remove] [name] [name]',
  maxOperands: 3,
  options: {
    json: { type: 'boolean', help: 'Prints { snapshots: […] }, or { differences: […] }, as JSON.' },
  },
  about: [
    'Tests save and restore them with `data.snapshot(name)` and `data.restore(name)`. They are kept in .quality-hub/snapshots between runs; data.snapshots.retention says how many, how long and how much.',
    'diff compares rows by their keys and shows the columns that differ. It needs no database: all is in the snapshots.',
  ],
  examples: [
    ['quality-hub snapshots', 'All of them, the newest first.'],
    ['quality-hub snapshots diff "clean shop" "after checkout"', 'What the checkout has changed.'],
    ['quality-hub snapshots remove "clean shop"', 'All that were saved under this name.'],
  ],
  exits: { 0: 'It was shown, or done.', 1: 'There is no such snapshot, or it cannot be read.' },
  async run({ positionals, options }, context) {
    const [action = 'list', ...names] = positionals;
    const wanted = ACTIONS[action];
    if (wanted === undefined) {
      const actions = Object.keys(ACTIONS);
      throw new UsageError(
        `quality-hub snapshots cannot "${action}"${didYouMean(action, actions)}`,
        `It can ${actions.join(', ')}`,
      );
    }
    if (names.length !== wanted) {
      throw new UsageError(
        `quality-hub snapshots ${action} takes ${wanted === 0 ? 'no name' : plural(wanted, 'name')}, not ${names.length}`,
        'Names with spaces stand in quotes',
      );
    }
    const [first = '', second = ''] = names;
    const snapshots = await snapshotsHere(context);
    const { terminal } = context;
    if (action === 'list') await list(snapshots, terminal, options['json'] === true);
    if (action === 'diff') await diff(snapshots, terminal, { first, second, asJson: options['json'] === true });
    if (action === 'remove')
      terminal.out(`${plural(await removed(snapshots, first), 'saving')} of "${first}" removed.`);
    return 0;
  },
};

/** Without parts: nothing is saved or restored here. */
async function snapshotsHere(context: CommandContext): Promise<Snapshots> {
  const { openSnapshots } = await import('@quality-hub/data');
  return openSnapshots({ folder: `${hubFolderHere(context).path}/snapshots`, parts: {} });
}

async function list(snapshots: Snapshots, { out }: Terminal, asJson: boolean): Promise<void> {
  const all = await snapshots.list();
  if (asJson) {
    out(JSON.stringify({ snapshots: all }, null, 2));
    return;
  }
  if (all.length === 0) out('There are no snapshots.');
  const widest = Math.max(0, ...all.map(({ name }) => name.length));
  for (const { name, savedAt, version, parts, sizeBytes } of all) {
    const size = `${(sizeBytes / 1e6).toFixed(1)} MB`.padStart(10);
    out(
      `${name.padEnd(widest)}  ${savedAt.toISOString().slice(0, 19)}Z  version ${version}  ${size}  ${parts.join(', ')}`,
    );
  }
}

async function diff(
  snapshots: Snapshots,
  { out }: Terminal,
  { first, second, asJson }: { readonly first: string; readonly second: string; readonly asJson: boolean },
): Promise<void> {
  const { differences, text } = await snapshots.diff(first, second);
  if (asJson) out(JSON.stringify({ differences }, null, 2));
  else for (const line of text.trimEnd().split('\n')) out(line);
}

/** @throws {SnapshotError} (`QH_SNAPSHOT_MISSING`) where there is none of this name, with the one that was meant. */
async function removed(snapshots: Snapshots, name: string): Promise<number> {
  if (!(await snapshots.has(name))) await snapshots.diff(name, name);
  return snapshots.remove(name);
}
