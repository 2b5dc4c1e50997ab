/** What the configuration of the suite says of values that are still there. */
import type { ConfigHandoff } from '@quality-hub/protocol';
import type { SealOptions } from './options.ts';

export type Verify = NonNullable<SealOptions['verify']>;

/** `secrets.verify`; the strictest where there is no configuration, or none that can be read. */
export async function verifyOfConfig(handoff: ConfigHandoff | undefined): Promise<Verify> {
  if (handoff === undefined) return 'fail';
  try {
    const { readHandOver } = await import('@quality-hub/config/hand-over');
    const { secrets } = (await readHandOver(handoff)).config;
    return (secrets as { readonly verify?: Verify } | undefined)?.verify ?? 'fail';
  } catch {
    // Told at the beginning of the run.
    return 'fail';
  }
}
