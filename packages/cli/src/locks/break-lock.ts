/** Ends what somebody else holds, and frees what is kept back: by hand, asked for twice, and written down. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Runtime } from '@quality-hub/runtime';
import type { CommandContext, ParsedArguments } from '../command-line/command.ts';
import { didYouMean } from '../command-line/parse-arguments.ts';
import { NoLockError, UsageError } from '../errors.ts';
import { AUDIT_FOLDER, hubFolderHere } from '../hub-access/hub-folder.ts';
import { type LocksHere, locksHere, userHere } from './locks-here.ts';

/** @throws {NoLockError} (`QH_NO_LOCK`) @throws {UsageError} (`QH_USAGE`) where nobody can be asked. */
export async function breakLock(
  name: string,
  { options }: ParsedArguments,
  context: CommandContext,
  runtime: Runtime,
): Promise<number> {
  const here = await locksHere(runtime);
  const found = here.leases.filter(({ names }) => names.includes(name));
  if (found.length === 0) throw noLock(name, here);
  const { terminal } = context;
  const owners = found.map(
    ({ owner }) => `${owner.label ?? owner.id}${owner.run === undefined ? '' : ` of run ${owner.run}`}`,
  );
  if (
    !(await isSure(
      `${owners.join(' and ')} will lose ${name}, and what they do with it will fail.`,
      options.yes === true,
      context,
    ))
  )
    return 1;
  const { LockHistory } = await import('@quality-hub/state/sharing');
  const history = new LockHistory(runtime.store);
  const by = userHere(context.env);
  // On the disk before it happens: what is broken and not written down is what an audit is for.
  const audit = await openAudit(context);
  for (const { id, names, owner } of found) {
    audit({ action: 'broken', name: `lock ${names.join(', ')}`, by, why: `held by ${owner.label ?? owner.id}` });
    const isEnded = await runtime.leases.release({ id });
    history.add({ event: 'broken', names, owner, detail: `by ${by}` });
    terminal.out(
      isEnded
        ? `${names.join(', ')} is free: ${owner.label ?? owner.id} has lost it`
        : `${names.join(', ')} was given back meanwhile`,
    );
  }
  await history.written();
  return 0;
}

/** @throws {NoLockError} (`QH_NO_LOCK`) where it is not kept back. */
export async function pardonMember(name: string, context: CommandContext, runtime: Runtime): Promise<number> {
  const { quarantined } = await locksHere(runtime);
  const found = quarantined.find(({ pool, member }) => `${pool}/${member}` === name);
  const names = quarantined.map(({ pool, member }) => `${pool}/${member}`);
  if (found === undefined) {
    throw new NoLockError(
      `No member "${name}" is kept back${didYouMean(name, names)}`,
      names.length === 0 ? 'None is' : `There is ${names.join(', ')}`,
    );
  }
  const { PoolNotes } = await import('@quality-hub/state/sharing');
  const audit = await openAudit(context);
  audit({ action: 'pardoned', name: `member ${name}`, by: userHere(context.env), why: found.reason });
  await new PoolNotes(runtime.store, found.pool).pardon(found.member);
  context.terminal.out(`${name} can be lent again; it was kept back because of: ${found.reason}`);
  return 0;
}

async function isSure(what: string, isGiven: boolean, { terminal }: CommandContext): Promise<boolean> {
  if (isGiven) return true;
  if (terminal.ask === undefined)
    throw new UsageError('quality-hub locks break has nobody to ask', 'Say --yes where you are sure');
  return /^y(es)?$/i.test((await terminal.ask(`${what} Go on? [y/N] `)).trim());
}

/** The same trail as that of secrets: `quality-hub audit verify` tells whether it is whole. */
async function openAudit(context: CommandContext) {
  const { AuditTrail } = await import('@quality-hub/secrets');
  const writer = `command-${randomBytes(6).toString('hex')}`;
  const path = join(hubFolderHere(context).path, AUDIT_FOLDER, 'locks', `${writer}.jsonl`);
  const trail = new AuditTrail({ path, runId: 'locks', writer });
  return (entry: Parameters<typeof trail.add>[0]): void => trail.add(entry);
}

function noLock(name: string, { leases }: LocksHere): NoLockError {
  const names = [...new Set(leases.flatMap(lease => lease.names))];
  return new NoLockError(
    `Nobody holds "${name}"${didYouMean(name, names)}`,
    names.length === 0 ? 'Nothing is held' : `There is ${names.join(', ')}`,
  );
}
