/** Looks at the configuration of the suite before its first test: a mistake in it is told once, at the beginning. */
import type { ResolvedConfig } from '@quality-hub/config';
import { type ConfigTrouble, errorSentence, isQualityHubError } from '@quality-hub/protocol';

/** A configuration that loads for longer is left to the workers: the run must not wait for it. */
const LONGEST_MS = 10_000;

export type ConfigurationCheck =
  | { readonly trouble: ConfigTrouble; readonly sentence: string }
  | { readonly trouble?: undefined; readonly sentence?: string; readonly resolved?: ResolvedConfig };

/** @param configDir Folder of Playwright's config. */
export async function checkConfiguration(configDir: string, longestMs = LONGEST_MS): Promise<ConfigurationCheck> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<ConfigurationCheck>(resolve => {
    const sentence = `The configuration is not checked: it took more than ${longestMs} ms to load`;
    // Not unref'd: while a configuration waits for something, nothing else may keep the runner alive.
    timer = setTimeout(resolve, longestMs, { sentence });
  });
  try {
    return await Promise.race([look(configDir), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

async function look(configDir: string): Promise<ConfigurationCheck> {
  const { findConfig } = await import('@quality-hub/config');
  if (isAbsent(() => findConfig({ from: configDir }))) return {};
  const { resolveChecked } = await import('@quality-hub/runtime/check');
  try {
    const resolved = await resolveChecked({ from: configDir });
    if (resolved === undefined) return {};
    const [...notices] = resolved.notices;
    return { resolved, ...(notices.length === 0 ? {} : { sentence: notices.join('. ') }) };
  } catch (error) {
    if (!isQualityHubError(error)) throw error;
    const { code, message, hint } = error;
    return { trouble: { code, message, ...(hint === undefined ? {} : { hint }) }, sentence: errorSentence(error) };
  }
}

/** What stands in the way of finding it is told by the check. */
function isAbsent(find: () => string | undefined): boolean {
  try {
    return find() === undefined;
  } catch {
    return false;
  }
}
