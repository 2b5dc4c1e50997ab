/** Brings the shop into the state a test finds it in. The file that names the states does not say what they are for. */
import { readFileSync } from 'node:fs';

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
  /** For how long the machine stops the worker when it is told to. */
  readonly pauseMs?: number;
}

/**
 * By plain `fetch`: what sets the stage is no traffic of the test. What the test before has left is taken away here and
 * not at its end, which a killed worker does not reach.
 */
export async function setStage(title: string, shopUrl: string): Promise<StagePlan> {
  const plans: Record<string, StagePlan> = JSON.parse(readFileSync(new URL('./stage.json', import.meta.url), 'utf8'));
  const plan = plans[title] ?? {};
  await control('DELETE', '');
  // Asks the database too: a slow query of the test before must not slow this one.
  await fetch(`${shopUrl}/health`);
  for (const [index, wanted] of (plan.switches ?? []).entries()) await control('PUT', `/${index}`, wanted);
  if (plan.poke) await fetch(shopUrl + plan.poke).catch(() => undefined);
  if (plan.killAfterMs) setTimeout(() => process.kill(process.pid, 'SIGKILL'), plan.killAfterMs);
  return plan;
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
