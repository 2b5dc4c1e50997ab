/** Runs one statement on one connection, and ends it on the server when its time is over or nobody wants it any more. */
import type { Connection, RawResult } from '../driver.ts';

/** How long the server has to end a statement before its connection is dropped. */
const CANCEL_GRACE_MS = 1_000;

export interface StatementRun {
  readonly sql: string;
  readonly params: readonly unknown[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export type StatementEnd =
  | { readonly type: 'done'; readonly result: RawResult }
  | { readonly type: 'failed'; readonly error: unknown }
  | { readonly type: 'late' }
  | { readonly type: 'aborted' };

/**
 * Never rejects. When it is `late` or `aborted`, the statement has ended on the server, or its connection is broken by now:
 * either way it does not run on behind the back of its caller.
 *
 * `onCancel` is called when the end was asked for: the request may still arrive late and hit the next statement, unless the
 * server said that this one was cancelled.
 */
export function runStatement(
  connection: Connection,
  { sql, params, timeoutMs, signal }: StatementRun,
  { isCancelled, onCancel }: { isCancelled: (error: unknown) => boolean; onCancel: (certain: boolean) => void },
): Promise<StatementEnd> {
  return new Promise(resolve => {
    let stopped: 'late' | 'aborted' | undefined;
    let grace: NodeJS.Timeout | undefined;
    const timer = setTimeout(() => stop('late'), timeoutMs);
    const abort = (): void => stop('aborted');
    signal?.addEventListener('abort', abort, { once: true });

    const end = (ended: StatementEnd): void => {
      clearTimeout(timer);
      clearTimeout(grace);
      signal?.removeEventListener('abort', abort);
      resolve(ended);
    };
    const stop = (why: 'late' | 'aborted'): void => {
      if (stopped) return;
      stopped = why;
      clearTimeout(timer);
      // A server that cannot be reached any more does not answer to this either.
      grace = setTimeout(() => {
        connection.destroy();
        onCancel(false);
        end({ type: why });
      }, CANCEL_GRACE_MS);
      connection.cancel().catch(() => connection.destroy());
    };
    connection.run(sql, params).then(
      result => {
        if (stopped) onCancel(false);
        // It was ready before it could be ended. Who aborted does not want it; who waited too long does.
        end(stopped === 'aborted' ? { type: 'aborted' } : { type: 'done', result });
      },
      (error: unknown) => {
        if (stopped) onCancel(isCancelled(error));
        end(stopped ? { type: stopped } : { type: 'failed', error });
      },
    );
  });
}
