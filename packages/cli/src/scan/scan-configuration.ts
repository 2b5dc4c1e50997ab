/** The rules about secrets of the configuration: each has an owner, and none is older than it may be. */
import { CONFIGURATION_RULES, type Finding, type ScanResult } from '@quality-hub/artifacts';
import type { CareFinding, Secrets } from '@quality-hub/secrets';
import type { CommandContext } from '../command-line/command.ts';
import type { SecretsHere } from '../secrets/secrets-here.ts';
import { reasonOf } from '../terminal/words.ts';

type Found = Pick<ScanResult, 'findings' | 'unread'>;
type Unread = ScanResult['unread'][number];

/**
 * Loads no configuration where none of its rules is chosen.
 *
 * @param options.isNeeded The rules were asked for by name: that there is nothing they could look at is told.
 */
export async function scanConfiguration(
  chosen: readonly string[],
  context: CommandContext,
  { isNeeded }: { readonly isNeeded: boolean },
): Promise<Found> {
  if (!isAboutConfiguration(chosen)) return { findings: [], unread: [] };
  const { cwd, env } = context;
  try {
    const { secretsHere } = await import('../secrets/secrets-here.ts');
    const { section, folder, configPath: path } = await secretsHere(context);
    const nothing = nothingIn({ section, folder, configPath: path });
    if (path === undefined || nothing !== undefined)
      return { findings: [], unread: isNeeded ? [{ path: path ?? cwd, reason: nothing ?? '' }] : [] };
    const { openSection } = await import('@quality-hub/secrets');
    const { secrets } = openSection(section, { folder, env });
    try {
      return await careOf(secrets, path, chosen);
    } finally {
      await secrets.close();
    }
  } catch (error) {
    return { findings: [], unread: [{ path: cwd, reason: `its configuration cannot be used: ${reasonOf(error)}` }] };
  }
}

/** Whether one of the rules is about the configuration. */
export function isAboutConfiguration(chosen: readonly string[]): boolean {
  return CONFIGURATION_RULES.some(({ name }) => chosen.includes(name));
}

function nothingIn({ section, configPath }: SecretsHere): string | undefined {
  if (configPath === undefined) return 'there is no configuration of Quality Hub';
  return Object.keys(section.refs ?? {}).length === 0 ? 'it names no secrets in secrets.refs' : undefined;
}

async function careOf(secrets: Secrets, path: string, chosen: readonly string[]): Promise<Found> {
  const { careFindings, ownerFindings } = await import('@quality-hub/secrets');
  const unread: Unread[] = [];
  const ofOne = async (name: string): Promise<readonly CareFinding[]> => {
    const facts = secrets.factsOf(name);
    // No store is asked about an age that nobody has limited.
    if (facts.maxAgeDays === undefined || !chosen.includes('secret-too-old')) return ownerFindings(facts);
    try {
      await secrets.get(name);
      return careFindings(secrets.factsOf(name), Date.now());
    } catch (error) {
      unread.push({ path, reason: `the age of ${name} is not known: ${reasonOf(error)}` });
      return ownerFindings(facts);
    }
  };
  const found = (await Promise.all(secrets.names.map(ofOne))).flat().filter(({ rule }) => chosen.includes(rule));
  const findings = found.map(
    ({ rule, secret, message }): Finding => ({
      kind: 'compliance',
      rule,
      meaning: `secret ${secret} ${message}`,
      path,
      member: undefined,
      line: undefined,
      // Says where a value is, and nothing of it.
      preview: secrets.factsOf(secret).reference,
    }),
  );
  return { findings, unread };
}
