/** The shop's server process. Started by main.ts. */
/* v8 ignore file -- runs in child processes of the tests, where this process cannot count */
import { openDatabase } from '../database/open.ts';
import { seed } from '../database/seed.ts';
import { createShopApp } from '../http/app.ts';
import { createSwitchboard } from '../switches/switchboard.ts';
import { dayPlans } from './days.ts';
import { crashProcess, serve } from './serve.ts';
import { readSettings } from './settings.ts';

try {
  const settings = readSettings(process.env);
  const database = await openDatabase(settings.SHOP_DB ?? 'shop.db');
  await seed(database, {
    plan: dayPlans[settings.SHOP_DAY],
    staffPassword: settings.SHOP_STAFF_PASSWORD,
    warehouseToken: settings.SHOP_WAREHOUSE_TOKEN,
    now: new Date(),
  });
  const switchboard = createSwitchboard();
  const { app, faults } = await createShopApp({
    database,
    switchboard,
    payments: { url: process.env['PAYMENTS_URL'] ?? '', timeoutMs: settings.PAYMENTS_TIMEOUT_MS },
    log: { level: settings.SHOP_LOG_LEVEL, file: settings.SHOP_LOG_FILE },
    crash: downMs => crashProcess(downMs, switchboard.states()),
  });
  serve({
    app,
    switchboard,
    host: settings.SHOP_HOST,
    port: settings.SHOP_PORT,
    follow: states => faults.follow(states),
    close: () => database.close(),
  });
} catch (error) {
  console.error(`The shop cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
