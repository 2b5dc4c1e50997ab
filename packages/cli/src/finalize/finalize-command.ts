/** `quality-hub finalize`: turns what a killed run left behind into a truthful report, and masks its files. */
import { statSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { resolve } from 'node:path';
import type { FinalizedRuns, RunReport } from '@quality-hub/hub';
import type { Command, CommandContext, ParsedArguments } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';
import { hubFolderHere, hubFolderNamed } from '../hub-access/hub-folder.ts';
import { namedValues } from '../hub-access/secret-values.ts';
import { withHub } from '../hub-access/with-hub.ts';
import { type BroughtFolder, bringHome, removeBrought } from './bring-home.ts';
import { type MaskedLeftovers, maskLeftovers } from './mask-leftovers.ts';
import { printFinalized } from './print-finalized.ts';

/** What `--json` prints. Fields are added, never changed. */
export interface Finalized {
  /** The reports of the runs that were closed now, oldest first. */
  readonly finalized: readonly RunReport[];
  /** Runs that were left alone since their runner lives on this machine. */
  readonly living: FinalizedRuns['living'];
  /** Temporary folders whose runs were brought into this one. */
  readonly brought: readonly BroughtFolder[];
  /** Folders of results whose text files were masked. */
  readonly masked: MaskedLeftovers['folders'];
  /** What could not be masked and why, a sentence each. */
  readonly notes: readonly string[];
}

export const finalizeCommand: Command = {
  name: 'finalize',
  summary: 'Closes runs that were killed, shows their report and masks what they left.',
  operands: '[folder]',
  maxOperands: 1,
  options: {
    output: { type: 'string', value: '<folder>', help: 'Folder of results to mask, instead of those of the runs.' },
    'mask-env': {
      type: 'string',
      value: '<names>',
      help: 'Variables to mask although their names do not look secret, with commas between them.',
    },
    force: { type: 'boolean', help: 'Also closes a run whose runner still lives on this machine.' },
    json: { type: 'boolean', help: 'Prints { finalized: [report, …], living, brought, masked, notes } as JSON.' },
  },
  about: [
    '[folder] is a project, or its .quality-hub folder under any name: also one that was copied from another machine. By default it is the one that `show` reads.',
    'What had to be kept in a temporary folder of this machine is brought home, and every spool is read. A run is closed when its runner is gone, or ran on another machine; what arrives of it later is taken all the same. The report tells which tests finished, were lost or did not run.',
    'Then secrets are masked in the files that the run left in its output folder (test-results): values of secret-looking variables of this environment, those named by --mask-env, and those that only the run knew, where it ran on this machine. Traces and other zip files are masked with what lies in them; one that was cut off is named and not changed.',
  ],
  examples: [
    ['quality-hub finalize', 'After a killed run, in its project.'],
    ['quality-hub finalize artifacts/.quality-hub', 'Of a folder that a CI job has uploaded.'],
    ['quality-hub finalize --mask-env SHOP_PIN', 'Also mask the value of SHOP_PIN.'],
  ],
  exits: {
    0: 'Every run has come to its end or was closed, and the files are masked.',
    1: 'A runner still lives, a file could not be masked, or there is no folder.',
  },
  async run(args, context) {
    const result = await finalize(args, context);
    if (args.options.json) context.terminal.out(JSON.stringify(result, null, 2));
    else printFinalized(context, result);
    return result.living.length === 0 && result.masked.every(({ failed }) => failed.length === 0) ? 0 : 1;
  },
};

async function finalize({ positionals, options }: ParsedArguments, context: CommandContext): Promise<Finalized> {
  const { cwd, env } = context;
  const values = namedValues(options['mask-env'], env);
  const output = folderOf(options.output, cwd);
  const hubFolder = positionals[0] === undefined ? hubFolderHere(context) : hubFolderNamed(positionals[0], context);
  const brought = bringHome(hubFolder, tmpdir());
  const work = async (hub: Parameters<Parameters<typeof withHub>[1]>[0]): Promise<Finalized> => {
    const { closed, living, ending } = await hub.finalize({ force: options.force === true });
    const writing = new Set(living.map(({ runId }) => runId));
    for (const folder of brought) if (!folder.runIds.some(runId => writing.has(runId))) removeBrought(folder);
    const finalized = await Promise.all(closed.map(runId => hub.report(runId)));
    const { folders, notes } = await maskLeftovers({
      hub: hubFolder,
      outputs: await hub.outputFolders(),
      living,
      ending,
      output,
      values,
      env,
      host: hostname(),
    });
    return { finalized, living, brought, masked: folders, notes };
  };
  return withHub(context, work, hubFolder);
}

/** @throws {UsageError} (`QH_USAGE`) if it is no folder. */
function folderOf(name: string | boolean | undefined, cwd: string): string | undefined {
  if (typeof name !== 'string') return undefined;
  const path = resolve(cwd, name);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  throw new UsageError(
    `--output names ${path}, which is no folder`,
    'Name the folder of results, such as test-results',
  );
}
