/** Brings the shop into the state a test finds it in. The file that names the states does not say what they are for. */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';

/** What `stage.json` holds for a test, by its title. */
export interface StagePlan {
  /** Bodies for the shop's control API. */
  readonly switches?: readonly object[];
  /** A path that somebody else asks for just before the test. */
  readonly poke?: string;
  /** The page's script as it was delivered. */
  readonly script?: string;
  /** When the machine ends the worker. */
  readonly killAfterMs?: number;
}

export interface Stage {
  dress(page: Page): Promise<void>;
  clear(): Promise<void>;
}

/** By plain `fetch`: what sets the stage is no traffic of the test. */
export async function setStage(title: string, shopUrl: string): Promise<Stage> {
  const plans: Record<string, StagePlan> = JSON.parse(readFileSync(new URL('./stage.json', import.meta.url), 'utf8'));
  const { switches = [], poke, script, killAfterMs } = plans[title] ?? {};
  for (const [index, wanted] of switches.entries()) await control('PUT', `/${index}`, wanted);
  if (poke) await fetch(shopUrl + poke).catch(() => undefined);
  if (killAfterMs) setTimeout(() => process.kill(process.pid, 'SIGKILL'), killAfterMs);
  return {
    async dress(page) {
      if (!script) return;
      await page.route('**/shop.js', route => route.fulfill({ contentType: 'text/javascript', body: script }));
    },
    async clear() {
      if (switches.length === 0) return;
      await control('DELETE', '');
      // Asks the database too: what one test left running must not slow the next.
      await fetch(`${shopUrl}/health`);
    },
  };
}

async function control(method: string, path: string, body?: object): Promise<void> {
  const response = await fetch(`${process.env['SHOP_CONTROL_URL']}/_switches${path}`, {
    method,
    headers: {
      authorization: `Bearer ${process.env['SHOP_CONTROL_TOKEN']}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new Error(`The control API answered ${response.status}: ${await response.text()}`);
}
