/** The payment service's process. Started by main.ts. */
/* v8 ignore file -- runs in child processes of the tests, where this process cannot count */
import { createPaymentsApp } from '../payments/app.ts';
import { serve } from './serve.ts';
import { readSettings } from './settings.ts';

try {
  const settings = readSettings(process.env);
  const { app, switchboard } = createPaymentsApp({
    log: { level: settings.SHOP_LOG_LEVEL, file: settings.SHOP_LOG_FILE },
  });
  serve({ app, switchboard, host: settings.SHOP_HOST, port: settings.PAYMENTS_PORT });
} catch (error) {
  console.error(`The payment service cannot start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
