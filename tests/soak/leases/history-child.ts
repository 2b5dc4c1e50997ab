/** What every child process of a history is given, tells and hears. */
import { QualityHubError } from '@quality-hub/protocol';
import { Random } from '../random.ts';
import { type OpenPlace, openPlace } from './lease-place.ts';
import { clockMs, type Told } from './told-by-leasers.ts';

export interface HistoryChild {
  readonly place: OpenPlace;
  readonly random: Random;
  readonly label: string;
  readonly ttlMs: number;
  /** What the subject of the history gives all its processes. */
  readonly given: string;
  /** Aborts when the history is over. */
  readonly over: AbortSignal;
  /** Told before what comes next is done. */
  tell(told: Told): Promise<void>;
  /** Writes to what the history protects; false where it refuses the token. */
  write(name: string, token: number): Promise<boolean>;
  /** Does `turn` again and again until the history is over. */
  repeat(turn: () => Promise<void>): Promise<void>;
}

const LOOK_MS = 50;

export async function beginChild(): Promise<HistoryChild> {
  const [where = '', seed = '0', label = '', skewMs = '0', ttl = '500', given = ''] = process.argv.slice(2);
  const [random, ttlMs] = [new Random(Number(seed)), Number(ttl)];
  const realNow = Date.now;
  // A machine whose clock is wrong.
  if (skewMs !== '0') Date.now = () => realNow() + Number(skewMs);
  const place = await openPlace(where);
  const over = new AbortController();
  let writes = 0;
  const answers = new Map<number, (isAccepted: boolean) => void>();
  process.on('message', (said: { readonly stop?: true; readonly id?: number; readonly isAccepted?: boolean }) => {
    if (said.stop) over.abort();
    else answers.get(said.id ?? -1)?.(said.isAccepted === true);
  });
  // Whoever started it is gone, or it has said good-bye itself.
  process.on('disconnect', () => process.exit());

  const tell = (told: Told): Promise<void> =>
    new Promise(resolve => {
      process.send?.({ ...told, atMs: clockMs() }, undefined, {}, () => resolve());
    });
  // On a busy machine a process stands still without anybody having stopped it.
  let lookedAt = clockMs();
  setInterval(() => {
    const ms = clockMs() - lookedAt;
    lookedAt += ms;
    if (ms > ttlMs / 4) void tell({ type: 'stood-still', ms });
  }, LOOK_MS).unref();

  await tell({ type: 'ready' });
  return {
    place,
    random,
    label,
    ttlMs,
    given,
    over: over.signal,
    tell,
    write: async (name, token) => {
      const id = ++writes;
      const answer = new Promise<boolean>(resolve => answers.set(id, resolve));
      await tell({ type: 'write', id, name, token });
      const isAccepted = await answer;
      answers.delete(id);
      return isAccepted;
    },
    repeat: async turn => {
      while (!over.signal.aborted) {
        await turn().catch(async error => {
          // The store may be away: nothing else may go wrong.
          if (error instanceof QualityHubError && /^QH_STATE_(?:UNREACHABLE|BUSY)$/.test(error.code)) {
            await tell({ type: 'failed', code: error.code });
          } else {
            await tell({ type: 'error', text: String((error as Error).stack ?? error) });
          }
        });
        await pause(random.integer(0, 20));
      }
      await place.close();
      process.disconnect();
    },
  };
}

export function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms));
}
