/** Opens the secrets of a process, and puts what gives them into its configuration. */
import type { Mask } from '@quality-hub/telemetry';
import type { RuntimeOptions } from '../open-runtime.ts';
import type { QualityHubConfig } from '../sections.ts';
import { bindSecrets } from './bind-secrets.ts';
import { RuntimeSecrets, type RuntimeSecretsOptions } from './runtime-secrets.ts';

export interface BoundSecrets {
  readonly secrets: RuntimeSecrets;
  readonly config: QualityHubConfig;
}

type Around = Pick<RuntimeSecretsOptions, 'folder' | 'observe' | 'now'> & { readonly mask: Mask };

/** @throws {SecretError} where the address of a client is a secret that cannot be read. */
export async function openBound(
  { config, beforeReveal, runningTest, auditFile, runId, worker }: RuntimeOptions,
  { mask, ...around }: Around,
): Promise<BoundSecrets> {
  const secrets = new RuntimeSecrets({
    ...around,
    section: config.secrets ?? {},
    beforeReveal: (name, texts) => {
      mask.add(texts);
      beforeReveal?.(name, texts);
    },
    runningTest: runningTest ?? (() => undefined),
    audit: auditFile === undefined ? undefined : { path: auditFile, runId, writer: worker },
  });
  try {
    return { secrets, config: await bindSecrets(config, secrets) };
  } catch (error) {
    await secrets.close();
    throw error;
  }
}
