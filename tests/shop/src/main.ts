/** Opens the shop: `node tests/shop/src/main.ts`. Ends on SIGTERM, Ctrl+C, or when its parent goes away. */
/* v8 ignore file -- runs in child processes of the tests, where this process cannot count */
import { openShop } from './start/open-shop.ts';
import { readSettings } from './start/settings.ts';

try {
  const settings = readSettings(process.env);
  const shop = await openShop(settings, process.env);
  let closing = false;
  const close = async () => {
    if (closing) return;
    closing = true;
    await shop.close();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.on(signal, close);
  if (settings.SHOP_ENDS_WITH_STDIN) process.stdin.resume().once('close', close);
  // Playwright's configuration waits for this line.
  console.log(`The shop is open: ${shop.url} payments ${shop.paymentsUrl} control ${shop.controlUrl}`);
  if (!settings.SHOP_CONTROL_TOKEN) console.log(`Control token: ${shop.controlToken}`);
  const { url, paymentsUrl, controlUrl, controlToken } = shop;
  process.send?.({ url, paymentsUrl, controlUrl, controlToken });
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
