/** Opens a client of one database. Nothing is loaded or connected before the first statement. */
import { createMask } from '@quality-hub/telemetry';
import type { Driver } from './driver.ts';
import { mysqlDriver } from './drivers/mysql.ts';
import { postgresDriver } from './drivers/postgres.ts';
import { sqliteDriver } from './drivers/sqlite.ts';
import { type AddressSource, type DatabaseOptions, settingsFrom } from './options.ts';
import { PooledDatabase } from './pooled-database.ts';
import { renewing } from './renewing-driver.ts';
import type { SqlDatabase } from './sql-database.ts';

const DEFAULT_PORTS = { postgres: 5432, mysql: 3306 } as const;

/** @throws {OptionError} with every problem of the options (`QH_OPTION`). */
export function openDatabase(options: DatabaseOptions): SqlDatabase {
  const settings = settingsFrom(options);
  return new PooledDatabase({
    settings,
    driver: driverFor(options),
    mask: options.mask ?? createMask({}),
    policy: options.policy,
    observe: options.observe,
  });
}

function driverFor({ kind, url, server, renewAddress }: DatabaseOptions): Driver {
  const source = typeof url === 'string' ? () => url : url;
  const place = server ?? (typeof url === 'string' ? placeOf(url, kind) : kind);
  if (renewAddress === undefined) return driverAt(kind, source, place);
  return renewing(address => driverAt(kind, address, place), { source, renewAddress });
}

function driverAt(kind: DatabaseOptions['kind'], source: AddressSource, place: string): Driver {
  if (kind === 'postgres') return postgresDriver(source, place);
  if (kind === 'mysql') return mysqlDriver(source, place);
  return sqliteDriver(source, place);
}

/** Never the user or the password. */
function placeOf(url: string, kind: DatabaseOptions['kind']): string {
  if (kind === 'sqlite') return url;
  const { hostname, port } = new URL(url);
  return `${hostname || 'localhost'}:${port || DEFAULT_PORTS[kind]}`;
}
