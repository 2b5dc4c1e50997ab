/** What the processes of a history tell, and the resource that they write to. */

export type Told =
  | { readonly type: 'ready' }
  | { readonly type: 'queued'; readonly ticket: string; readonly names: readonly string[] }
  | {
      readonly type: 'granted';
      readonly ticket: string;
      readonly names: readonly string[];
      readonly token: number;
      readonly grantedAt: number;
      readonly expiresAt: number;
    }
  | { readonly type: 'renewed'; readonly token: number; readonly expiresAt: number }
  | { readonly type: 'releasing' | 'lost'; readonly token: number }
  /** A call that could not be made, or a wait that was given up. */
  | { readonly type: 'failed'; readonly code: string }
  | { readonly type: 'gave-up'; readonly ticket: string }
  | { readonly type: 'error'; readonly text: string }
  | { readonly type: 'write'; readonly id: number; readonly name: string; readonly token: number };

/** One line of a history. */
export type HistoryEvent = Told & { readonly process: string; readonly atMs: number; readonly isAccepted?: boolean };

/** When a process could not look after its place in a queue. */
export interface Absence {
  readonly process: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Refuses who brings an older token than somebody before: that is what makes a lease safe to hold in a process that may stop. */
export class FencedResource {
  readonly #newest = new Map<string, number>();

  write(name: string, token: number): boolean {
    if (token < (this.#newest.get(name) ?? 0)) return false;
    this.#newest.set(name, token);
    return true;
  }
}
