/** `quality-hub audit verify`: whether the trails of who had which secret are whole. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Command, CommandContext } from '../command-line/command.ts';
import { UsageError } from '../errors.ts';
import { AUDIT_FOLDER, hubFolderHere, hubFolderNamed } from '../hub-access/hub-folder.ts';
import { plural } from '../terminal/words.ts';
import { auditAnchors } from './audit-anchors.ts';

export const auditCommand: Command = {
  name: 'audit',
  summary: 'Verifies who had which secret: nothing was changed, taken out or put in.',
  operands: 'verify [folder]',
  maxOperands: 2,
  options: { json: { type: 'boolean', help: 'Prints { trails: [{ run, writer, lines, problem? }] } as JSON.' } },
  about: [
    'Each worker writes a trail of its own: who had which secret, when and why, never a value. Each line is bound to the one before it by its hash. What the hub has kept of the end of a trail tells that none is missing there.',
  ],
  examples: [
    ['quality-hub audit verify', 'The trails of the runs that are recorded here.'],
    ['quality-hub audit verify ci/.quality-hub', 'Those of another folder.'],
  ],
  exits: { 0: 'All trails are whole, even if there are none.', 1: 'One is not.' },
  async run({ positionals, options }, context) {
    const [action, folder] = positionals;
    if (action !== 'verify') throw new UsageError('quality-hub audit can verify', 'Say `quality-hub audit verify`');
    const { path } = folder === undefined ? hubFolderHere(context) : hubFolderNamed(folder, context);
    const trails = await verifyTrails(context, path);
    if (options.json) context.terminal.out(JSON.stringify({ trails }, null, 2));
    else print(context, trails);
    return trails.some(({ problem }) => problem !== undefined) ? 1 : 0;
  },
};

interface Trail {
  readonly run: string;
  readonly writer: string;
  readonly lines: number;
  readonly problem?: string;
}

async function verifyTrails(context: CommandContext, hub: string): Promise<readonly Trail[]> {
  const { verifyTrail } = await import('@quality-hub/secrets');
  const folder = join(hub, AUDIT_FOLDER);
  const files = namesIn(folder).flatMap(run => namesIn(join(folder, run)).map(file => ({ run, file })));
  if (files.length === 0) return [];
  const anchors = await auditAnchors(context, hub, new Set(files.map(({ run }) => run)));
  const gone = [...anchors].flatMap(([writer, { run, seq }]) =>
    files.some(({ file }) => file === `${writer}.jsonl`)
      ? []
      : [{ run, writer, lines: 0, problem: `it is not there: it had ${seq} lines` }],
  );
  const found = await Promise.all(
    files.map(async ({ run, file }) => {
      const writer = file.replace(/\.jsonl$/, '');
      const { lines, problem } = await verifyTrail(join(folder, run, file), anchors.get(writer));
      return { run, writer, lines, ...(problem === undefined ? {} : { problem }) };
    }),
  );
  return [...found, ...gone];
}

function print({ terminal }: CommandContext, trails: readonly Trail[]): void {
  const { out, paint } = terminal;
  for (const { run, writer, lines, problem } of trails) {
    const state = problem === undefined ? paint('green', 'ok  ') : paint('red', 'fail');
    out(`${state}  ${run} ${writer}: ${plural(lines, 'line')}${problem === undefined ? '' : `; ${problem}`}`);
  }
  const broken = trails.filter(({ problem }) => problem !== undefined).length;
  out(paint('bold', `${plural(trails.length, 'trail')}, ${broken === 0 ? 'all whole' : `${broken} not whole`}`));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
