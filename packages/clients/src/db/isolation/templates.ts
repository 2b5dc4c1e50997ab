/** A migrated database made once, and copies of it: one for each worker, ready in milliseconds. */
import { randomBytes } from 'node:crypto';
import type { SqlDatabase } from '../sql-database.ts';
import { cloneName, hostMark, isAliveHere, type Owner, ownerHere, parseCloneName, templateName } from './names.ts';
import type { Spares } from './spares-postgres.ts';
import { mysqlPlace } from './template-mysql.ts';
import { postgresPlace } from './template-postgres.ts';
import { sqlitePlace } from './template-sqlite.ts';

const FOREIGN_AFTER_MS = 24 * 60 * 60_000;

export interface TemplateOptions {
  readonly kind: 'postgres' | 'mysql' | 'sqlite';
  /** Of the server, as a user who may create databases; a folder for SQLite. */
  readonly url: string;
  /** What the template holds, such as a hash of migrations and seeds: with the same key it is made once and used again. */
  readonly key: string;
  /** Fills the empty database. Runs once for a key, whatever the number of workers and machines. */
  readonly prepare: (database: SqlDatabase) => Promise<void>;
  readonly runId: string;
  /**
   * Copies that are kept ready for workers to come, made while others test; 0 to 8. They outlive the run, as the template does.
   * PostgreSQL only: elsewhere they would save nothing. @default 0
   */
  readonly spares?: number;
  /** Who makes the copies. @default this process */
  readonly owner?: Owner;
  /** @default does a process live on this machine, as its number and its start say */
  readonly isAlive?: (owner: { readonly pid: number; readonly startedAt: Date }) => boolean;
  /** @default Date.now */
  readonly now?: () => number;
}

export interface Clone {
  readonly name: string;
  readonly url: string;
  /** How long it took to make, in milliseconds; the template itself not counted. */
  readonly readyMs: number;
  /** Made anew from the template, under the same name. Whoever is connected is thrown out. */
  reset(): Promise<void>;
  drop(): Promise<void>;
}

export interface Templates extends AsyncDisposable {
  readonly template: string;
  /** Makes the template, unless it is there. Called by `clone` when needed. */
  ready(): Promise<void>;
  clone(): Promise<Clone>;
  /**
   * Drops copies whose owner is dead: on this machine a process that is gone; on another one, since nobody can ask there, one
   * that began more than `foreignAfterMs` ago and that nobody is connected to. Returns their names.
   */
  sweep(options?: { readonly foreignAfterMs?: number }): Promise<readonly string[]>;
  /** Removes the template too, and what was made ahead of it. */
  dropTemplate(): Promise<void>;
  /** Waits until what is being made ahead is there, or has failed. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

/** What differs between servers. */
export interface TemplatePlace {
  /** Makes the template under a lock that all machines see; nothing where it is there. */
  ensure(template: string, prepare: (database: SqlDatabase) => Promise<void>): Promise<void>;
  /** Copies made ahead, where that saves time; `copy` takes one of them. */
  readonly spares?: Spares;
  /** `owner` is a JSON text for people who look at the server. */
  copy(template: string, name: string, owner: string): Promise<void>;
  url(name: string): string;
  /** `force` throws out who is connected; without it, one in use stays and the answer is false. */
  drop(name: string, options: { readonly force: boolean }): Promise<boolean>;
  list(prefix: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export function openTemplates(options: TemplateOptions): Templates {
  const { key, prepare, runId, owner = ownerHere(runId), isAlive = isAliveHere, now = Date.now, spares = 0 } = options;
  const place = placeFor(options);
  const template = templateName(key);
  const told = JSON.stringify({ madeBy: 'quality-hub', ...owner });
  let made: Promise<void> | undefined;
  const ready = (): Promise<void> => {
    made ??= place.ensure(template, prepare).catch((error: unknown) => {
      made = undefined;
      throw error;
    });
    return made;
  };
  let making: Promise<void> = Promise.resolve();
  /** Nobody waits for it, and nobody fails by it: the next copy is then made when it is needed. */
  const refill = (): void => {
    if (place.spares && spares > 0)
      making = making.then(() => place.spares?.refill(template, spares)).catch(() => undefined);
  };
  const close = (): Promise<void> => place.close();
  return {
    template,
    ready,
    close,
    settled: () => making,
    [Symbol.asyncDispose]: close,
    async clone() {
      await ready();
      const name = cloneName(owner, randomBytes(4).toString('hex'));
      const startedMs = performance.now();
      try {
        await place.copy(template, name, told);
      } catch (error) {
        // Half of a copy may be there, and nobody else knows its name.
        await place.drop(name, { force: true }).catch(() => undefined);
        throw error;
      }
      refill();
      return {
        name,
        url: place.url(name),
        readyMs: performance.now() - startedMs,
        async reset() {
          await place.drop(name, { force: true });
          await place.copy(template, name, told);
          refill();
        },
        async drop() {
          await place.drop(name, { force: true });
        },
      };
    },
    async sweep({ foreignAfterMs = FOREIGN_AFTER_MS } = {}) {
      const dropped: string[] = [];
      for (const name of await place.list('qh_w_')) {
        const found = parseCloneName(name);
        if (!found) continue;
        const here = found.host === hostMark(owner.host);
        const dead = here ? !isAlive(found) : found.startedAt.getTime() < now() - foreignAfterMs;
        if (dead && (await place.drop(name, { force: here }))) dropped.push(name);
      }
      return dropped;
    },
    async dropTemplate() {
      made = undefined;
      await making;
      const ahead = (await place.spares?.names(template)) ?? [];
      for (const name of [...ahead, template]) await place.drop(name, { force: true });
    },
  };
}

function placeFor({ kind, url }: TemplateOptions): TemplatePlace {
  if (kind === 'postgres') return postgresPlace(url);
  return kind === 'mysql' ? mysqlPlace(url) : sqlitePlace(url);
}
