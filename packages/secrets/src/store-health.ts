/** Asks stores how they are; one that does not answer is down. */
import type { SecretStore, StoreHealth } from '@quality-hub/protocol';

export async function healthOf(
  stores: Readonly<Record<string, SecretStore>>,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, StoreHealth>>> {
  const all = await Promise.all(
    names.map(async name => {
      const asked = (stores[name] as SecretStore).health({ signal });
      const health = await Promise.race([asked, aborted(signal)]).catch(
        (error: unknown): StoreHealth => ({
          state: 'down',
          detail: signal.aborted || !(error instanceof Error) ? 'It did not answer in time' : error.message,
        }),
      );
      return [name, health] as const;
    }),
  );
  return Object.fromEntries(all);
}

/** A store of somebody else may not listen to the signal. */
export function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
