/** The shop that the first example talks to: the one of this repository, on free ports. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface OpenShop {
  readonly url: string;
  readonly close: () => Promise<void>;
}

export function openShop(root: string): Promise<OpenShop> {
  const env = { ...process.env, SHOP_PORT: '0', PAYMENTS_PORT: '0', SHOP_CONTROL_PORT: '0', SHOP_DAY: 'good' };
  const child = spawn(process.execPath, [join(root, 'tests/shop/src/main.ts')], { cwd: root, env });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    let said = '';
    const read = (chunk: Buffer) => {
      said += chunk;
      const url = /The shop is open: (\S+)/.exec(said)?.[1];
      if (url !== undefined) resolve({ url, close: () => close() });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('exit', code => reject(new Error(`the shop ended with ${code} before it was open:\n${said}`)));
  });

  function close(): Promise<void> {
    child.kill('SIGTERM');
    return ended;
  }
}
