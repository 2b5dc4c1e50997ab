/** The locks of the state that the configuration of this folder names. */
import { userInfo } from 'node:os';
import type { Runtime } from '@quality-hub/runtime';
import type { QuarantinedMember, ToldLease, ToldLockEvent, ToldWaiter } from '@quality-hub/state/sharing';
import type { CommandContext } from '../command-line/command.ts';
import { hubFolderHere } from '../hub-access/hub-folder.ts';

export interface LocksHere {
  readonly leases: readonly ToldLease[];
  readonly waiters: readonly ToldWaiter[];
  readonly quarantined: readonly QuarantinedMember[];
  /** The newest last. */
  readonly history: readonly ToldLockEvent[];
}

/** Opens the state for as long as `work` takes; nothing else of the configuration is connected. */
export async function withState<T>(context: CommandContext, work: (runtime: Runtime) => Promise<T>): Promise<T> {
  const { cwd, env } = context;
  const folder = hubFolderHere(context);
  const [{ resolveConfig }, { openRuntime }] = await Promise.all([
    import('@quality-hub/config'),
    import('@quality-hub/runtime'),
  ]);
  const resolved = await resolveConfig({ from: cwd, cwd, env });
  const { state, secrets } = (resolved?.config ?? {}) as Parameters<typeof openRuntime>[0]['config'];
  const runtime = await openRuntime({
    config: { ...(state === undefined ? {} : { state }), ...(secrets === undefined ? {} : { secrets }) },
    ...(resolved === undefined ? {} : { configPath: resolved.path }),
    worker: `command-${process.pid}`,
    runId: 'command',
    stateFile: folder.state,
  });
  try {
    return await work(runtime);
  } finally {
    await runtime.close();
  }
}

export async function locksHere({ leases, store }: Runtime): Promise<LocksHere> {
  const { LockHistory, quarantinedMembers, toldTable } = await import('@quality-hub/state/sharing');
  const [table, quarantined, history] = await Promise.all([
    leases.table(''),
    quarantinedMembers(store),
    new LockHistory(store).read(),
  ]);
  return { ...toldTable(table), quarantined, history };
}

/** Who sits at this keyboard, for the audit and for those who lose a lock. */
export function userHere(env: NodeJS.ProcessEnv): string {
  const name = env.USER ?? env.USERNAME;
  if (name !== undefined && name !== '') return name;
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in containers.
    return 'somebody';
  }
}
