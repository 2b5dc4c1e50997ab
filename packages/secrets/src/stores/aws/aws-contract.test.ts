import { randomUUID } from 'node:crypto';
import { type SecretStoreSource, secretStoreContract, startAwsEmulator } from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { awsStore } from './aws-store.ts';

const { AWS_REGION, QH_REAL_STORES = '' } = process.env;
const { signal } = new AbortController();
const functions = { describe, test, skip: test.skip };

const common = {
  values: 'texts',
  versions: 2,
  unknownVersion: randomUUID(),
  strangePaths: ['../x', 'with space', 'ü', '', 'arn:aws:secretsmanager:eu-central-1:1:secret:none'],
  writes: true,
} as const satisfies Partial<SecretStoreSource>;

secretStoreContract(
  'AWS Secrets Manager',
  {
    ...common,
    open: async () => {
      const aws = await startAwsEmulator();
      const options = { region: 'eu-central-1', endpoint: aws.url, credentials: aws.key };
      const writer = awsStore(options);
      return {
        store: awsStore(options),
        put: async (path, value) => void (await writer.write?.(path, value, { signal })),
        stop: () => aws.close(),
        close: async () => {
          await writer.close();
          await aws.close();
        },
      };
    },
    path: name => `shop/team+${name}@test`,
  },
  functions,
);

// An account of your own: the secrets it makes stay there, and each costs a little until it is deleted.
if (AWS_REGION !== undefined && QH_REAL_STORES.includes('aws')) {
  const run = `quality-hub-contract/${process.pid}`;
  let opened = 0;
  secretStoreContract(
    'The real AWS Secrets Manager',
    {
      ...common,
      open: async () => {
        opened += 1;
        const writer = awsStore();
        return {
          store: awsStore(),
          put: async (path, value) => void (await writer.write?.(path, value, { signal })),
          stop: { notSupported: 'it is not ours' },
          close: () => writer.close(),
        };
      },
      path: name => `${run}/${opened}/${name}`,
    },
    functions,
  );
}
