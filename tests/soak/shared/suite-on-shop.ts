/** A shop for runs of the shop's suite that do not start one of their own: what the suite has to know of it. */
import { type RunningShop, startShop } from '../../shop/src/index.ts';

const WAREHOUSE_TOKEN = 'warehouse-of-the-suites';

export function startShopForSuites(): Promise<RunningShop> {
  return startShop({ warehouseToken: WAREHOUSE_TOKEN });
}

/** @param hub The `.quality-hub` folder, which runs may share. */
export function suiteEnvironment(
  { url, controlUrl, controlToken }: RunningShop,
  hub: string,
): Readonly<Record<string, string>> {
  return {
    SHOP_URL: url,
    SHOP_CONTROL_URL: controlUrl,
    SHOP_CONTROL_TOKEN: controlToken,
    SHOP_WAREHOUSE_TOKEN: WAREHOUSE_TOKEN,
    // The shop has it from this process.
    SHOP_STAFF_PASSWORD: process.env['SHOP_STAFF_PASSWORD'] ?? 'open sesame',
    QUALITY_HUB_DIR: hub,
  };
}
