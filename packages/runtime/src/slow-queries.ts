/** The slow statements of one test, and their plans where it fails. */
import type { QueryRecord } from '@quality-hub/clients/db';

/** The slowest say most, and a server has better things to do than to plan a thousand statements. */
const KEPT = 10;
/** All plans together. Each has a limit of its own. */
const LIMIT_MS = 5_000;

export class SlowQueries {
  #kept: QueryRecord[] = [];

  take(query: QueryRecord): void {
    if (!query.slow || query.plan === undefined) return;
    this.#kept.push(query);
    this.#kept.sort((one, other) => other.durationMs - one.durationMs).splice(KEPT);
  }

  /** As a text, masked; undefined where nothing was slow. What has no plan by now says why. Never fails. */
  async told(now: () => number = () => performance.now()): Promise<string | undefined> {
    const untilMs = now() + LIMIT_MS;
    const parts: string[] = [];
    for (const query of this.#kept) {
      const plan = now() > untilMs ? '(there was no time left to ask for it)' : await planOf(query);
      parts.push(`${headOf(query)}\n${plan}\n`);
    }
    return parts.length === 0 ? undefined : parts.join('\n');
  }
}

function headOf({ database, operation, durationMs, waitedMs, outcome, sql, params }: QueryRecord): string {
  const waited = waitedMs >= 1 ? `, ${Math.round(waitedMs)} ms of it for a connection` : '';
  const lines = [`${database}: ${operation}, ${Math.round(durationMs)} ms${waited}, ${outcome}`, sql ?? ''];
  if (params.length > 0) lines.push(`with ${params.join(', ')}`);
  return lines.join('\n');
}

async function planOf({ plan }: QueryRecord): Promise<string> {
  try {
    return (await plan?.()) ?? '';
  } catch (error) {
    return `(no plan: ${error instanceof Error ? error.message : String(error)})`;
  }
}
