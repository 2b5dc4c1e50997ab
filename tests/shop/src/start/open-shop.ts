/** Starts the payment service, the shop and the control API, and closes them in turn. */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { switchSchema } from '../switches/schema.ts';
import { createControlServer } from './control-server.ts';
import { dayPlans } from './days.ts';
import type { Settings } from './settings.ts';
import { supervise } from './supervised.ts';
import { createSwitchKeeper } from './switch-keeper.ts';

export interface OpenShop {
  readonly url: string;
  readonly paymentsUrl: string;
  readonly controlUrl: string;
  readonly controlToken: string;
  close(): Promise<void>;
}

export async function openShop(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<OpenShop> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  const urlOf = (port: number) => `http://${settings.SHOP_HOST.includes(':') ? '[::1]' : settings.SHOP_HOST}:${port}`;
  try {
    const payments = await supervise({
      name: 'The payment service',
      entry: new URL('./payments-process.ts', import.meta.url),
      env: environment,
      portVariable: 'PAYMENTS_PORT',
      defaultDownMs: 500,
    });
    closers.push(() => payments.stop());
    const shop = await supervise({
      name: 'The shop',
      entry: new URL('./shop-process.ts', import.meta.url),
      env: {
        ...environment,
        PAYMENTS_URL: urlOf(payments.port),
        SHOP_DB: settings.SHOP_DB ?? temporaryDatabase(closers),
      },
      portVariable: 'SHOP_PORT',
      defaultDownMs: 500,
    });
    closers.push(() => shop.stop());
    const keeper = createSwitchKeeper({ shop, payments });
    closers.push(() => keeper.close());
    for (const [id, wanted] of Object.entries(dayPlans[settings.SHOP_DAY].switches)) {
      await keeper.put(id, switchSchema.parse(wanted));
    }
    const controlToken = settings.SHOP_CONTROL_TOKEN ?? randomBytes(18).toString('base64url');
    const control = createControlServer(keeper, controlToken);
    const controlUrl = await control.listen({ host: settings.SHOP_HOST, port: settings.SHOP_CONTROL_PORT });
    closers.push(() => control.close());
    return { url: urlOf(shop.port), paymentsUrl: urlOf(payments.port), controlUrl, controlToken, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function temporaryDatabase(closers: (() => unknown)[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'shop-'));
  closers.push(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'shop.db');
}
