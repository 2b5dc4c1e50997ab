/** What the processes of a history tell, and the resource that they write to. */

export type Told =
  | { readonly type: 'ready' }
  /** `cameAtMs`: by `clockMs`, before it asked for the first time. */
  | { readonly type: 'queued'; readonly ticket: string; readonly names: readonly string[]; readonly cameAtMs: number }
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
  | { readonly type: 'write'; readonly id: number; readonly name: string; readonly token: number }
  /** Nobody had stopped it. */
  | { readonly type: 'stood-still'; readonly ms: number }
  /** Of pools: a member was had, or is put back as it was. */
  | { readonly type: 'lent'; readonly name: string; readonly token: number }
  | { readonly type: 'reset'; readonly name: string }
  /** Of pools: a member is kept back, and lent again; each is told before and after it is written. */
  | {
      readonly type: 'marking' | 'marked';
      readonly name: string;
      /** Undefined where it is lent again. */
      readonly reason?: string;
    };

/** One line of a history. `atMs`: when it was told, by `clockMs`. */
export type HistoryEvent = Told & { readonly process: string; readonly atMs: number; readonly isAccepted?: boolean };

/** When a process could not look after its place in a queue. */
export interface Absence {
  readonly process: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Milliseconds since 1970, the same in all processes of a machine: `Date.now` is skewed in some of them. */
export function clockMs(): number {
  return performance.timeOrigin + performance.now();
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
