/** Opens connections before the first call needs them, for the clients whose section asks for it. */
import type { HttpClient } from '@quality-hub/clients';
import type { QualityHubConfig } from './sections.ts';

/**
 * Nobody waits for it, and it fails nothing: what cannot be opened now is opened, or told, by the call that needs it.
 *
 * @returns what ends it.
 */
export function warmUpClients(
  clients: ReadonlyMap<string, HttpClient>,
  { clients: sections = {} }: QualityHubConfig,
): () => void {
  const end = new AbortController();
  for (const [name, { warmUp }] of Object.entries(sections)) {
    if (warmUp === undefined) continue;
    clients
      .get(name)
      ?.warmUp(warmUp, end.signal)
      .catch(() => {});
  }
  return () => end.abort();
}
