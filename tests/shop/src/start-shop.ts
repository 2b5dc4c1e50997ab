/** Starts a shop of one's own, in child processes on free ports. */
import { type ChildProcess, fork } from 'node:child_process';
import type { Day } from './start/days.ts';
import { connectSwitches, type Switches } from './switches/client.ts';

export interface StartShopOptions {
  /** @default 'good' */
  readonly day?: Day;
  /** `postgres://…` or the path of a SQLite file. @default a new SQLite file that goes with the shop */
  readonly database?: string;
  /** Where the JSON log goes. @default nowhere */
  readonly logFile?: string;
  /** The warehouse's fixed token. @default none */
  readonly warehouseToken?: string;
  /** How long the shop waits for the payment service, in milliseconds. @default 2000 */
  readonly paymentsTimeoutMs?: number;
}

export interface RunningShop extends AsyncDisposable {
  readonly url: string;
  readonly paymentsUrl: string;
  readonly controlUrl: string;
  readonly controlToken: string;
  readonly switches: Switches;
  close(): Promise<void>;
}

/** @throws {Error} what the shop said, when it does not start. */
export async function startShop(options: StartShopOptions = {}): Promise<RunningShop> {
  const { day = 'good', database, logFile, warehouseToken, paymentsTimeoutMs = 2000 } = options;
  const child = fork(new URL('./main.ts', import.meta.url), {
    // Another tool's loader or inspector must not come along.
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      ...process.env,
      SHOP_HOST: '127.0.0.1',
      SHOP_PORT: '0',
      PAYMENTS_PORT: '0',
      SHOP_CONTROL_PORT: '0',
      SHOP_CONTROL_TOKEN: '',
      SHOP_DAY: day,
      SHOP_DB: database ?? '',
      SHOP_LOG_LEVEL: logFile ? 'info' : 'silent',
      SHOP_LOG_FILE: logFile ?? '',
      SHOP_WAREHOUSE_TOKEN: warehouseToken ?? '',
      PAYMENTS_TIMEOUT_MS: String(paymentsTimeoutMs),
    },
  });
  const exited = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const ready = await readyOrWhy(child);
  const close = async () => {
    if (child.connected) child.disconnect();
    await exited;
  };
  return {
    ...ready,
    switches: connectSwitches(ready.controlUrl, ready.controlToken),
    close,
    [Symbol.asyncDispose]: close,
  };
}

type Ready = Pick<RunningShop, 'url' | 'paymentsUrl' | 'controlUrl' | 'controlToken'>;

function readyOrWhy(child: ChildProcess): Promise<Ready> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.once('message', message => resolve(message as Ready));
    child.once('error', reject);
    // "close", not "exit": only then has all it said arrived.
    child.once('close', () => reject(new Error(`The shop did not start. ${said.trim()}`)));
  });
}
