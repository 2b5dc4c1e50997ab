/** The servers that tests need. A new one is a file beside this and one entry here. */
import { mariadb } from './mariadb.mjs';
import { postgres } from './postgres.mjs';
import { redis } from './redis.mjs';
import { redisCluster } from './redis-cluster.mjs';

/**
 * @typedef {object} Server
 * @property {string} name as shown to people
 * @property {string} env the variable that carries its url; of several servers with commas between them
 * @property {(places: object, say: (note: string) => void) => Promise<{ found: object } | { missing: string }>} provide
 *   finds or installs the program; `missing` says in a half sentence why it cannot be had
 * @property {(found: object, folder: string, log: string, again?: { port: number }) => Promise<{ url: string, pid: number | readonly number[], stop: () => Promise<void> }>} start
 *   starts it on a free port of the loopback address, with its data in `folder`; `stop` is also registered with `onEnd`;
 *   `again` starts one that was stopped, with its data and on its port
 */

/** @type {readonly Server[]} */
export const servers = [postgres, mariadb, redis, redisCluster];
