import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { secret } from '@quality-hub/config';
import { verifyTrail } from '@quality-hub/secrets';
import { createMask } from '@quality-hub/telemetry';
import { startServer, startVaultEmulator } from '@quality-hub/testkit';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RunningTest } from '../index.ts';
import { openWorker, scratchFolder } from '../testing/open-workers.ts';

test('a key in Vault that is rotated in the middle of a run is not noticed; Vault’s own token is masked, and what was switched off is audited', async () => {
  const vault = await startVaultEmulator();
  onTestFinished(() => vault.close());
  vault.mountKv('kv');
  vault.setPolicy('tests', { 'kv/data/shop': ['read'] });
  vault.addAppRole({ roleId: 'role-of-the-tests', token: { policies: ['default', 'tests'] } });
  const rotate = (key: string) =>
    fetch(`${vault.url}/v1/kv/data/shop`, {
      method: 'POST',
      headers: { 'x-vault-token': vault.rootToken },
      body: JSON.stringify({ data: { key } }),
    });
  let right = 'first-key-word';
  const shop = await startServer((request, response) => {
    response.statusCode = request.headers.authorization === `Bearer ${right}` ? 200 : 401;
    response.end('{}');
  });
  onTestFinished(() => shop.close());
  await rotate(right);

  const auditFile = join(scratchFolder(), 'audit', 'w1.jsonl');
  const mask = createMask();
  const config = {
    secrets: {
      stores: {
        vault: {
          kind: 'vault' as const,
          address: vault.url,
          auth: {
            method: 'approle' as const,
            roleId: 'role-of-the-tests',
            secretId: { env: 'QH_TEST_SECRET_ID' },
          },
          unsafeSkipCertificateCheck: true,
        },
      },
      refs: { key: 'vault:kv/shop#key' },
    },
    clients: { shop: { baseURL: shop.url, auth: { kind: 'bearer' as const, token: secret('key') } } },
  };
  const secretId = vault.newSecretId('role-of-the-tests');
  vi.stubEnv('QH_TEST_SECRET_ID', secretId);
  onTestFinished(() => void vi.unstubAllEnvs());
  const runningTest = (): RunningTest => ({ attempt: '1', title: 'pays' });
  const { runtime, seen } = await openWorker({ config, auditFile, worker: 'w1', mask, runningTest });
  expect((await runtime.client('shop').get('/')).status).toBe(200);
  const token = vault.tokens.find(({ path }) => path === 'auth/approle/login')?.id ?? '';
  for (const hidden of [token, secretId, 'first-key-word']) expect(mask.text(`it is ${hidden}`)).toBe('it is [masked]');

  right = 'second-key-word';
  await rotate(right);
  expect((await runtime.client('shop').get('/')).status).toBe(200);
  expect(seen).toContainEqual(
    expect.objectContaining({ kind: 'secret', name: 'key', outcome: 'rotated', version: '2' }),
  );
  const off = `the certificate of ${vault.url} is not checked`;
  expect(seen).toContainEqual({ kind: 'note', name: 'secrets.unsafe', data: off });
  const text = readFileSync(auditFile, 'utf8');
  expect(text).not.toMatch(/key-word/);
  expect(text).not.toContain(token);
  const lines: { action: string; name: string; why?: string }[] = text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({ action: 'unsafe', name: 'secrets.stores', why: off, by: 'pays' }),
  );
  expect(lines).toContainEqual(expect.objectContaining({ action: 'revealed', name: 'secrets.stores.vault' }));
  const { seq, hash } = runtime.secrets.auditEnd ?? { seq: 0, hash: '' };
  expect((await verifyTrail(auditFile, { seq, hash })).end?.seq).toBe(lines.length);
  await runtime.close();
  expect(vault.tokens.some(({ id }) => id === token)).toBe(false);
});
