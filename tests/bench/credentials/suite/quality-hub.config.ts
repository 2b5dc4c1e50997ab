/** Every kind of store, well and unwell, and services that take what they hold, or do not. */
import { defineHub, secret } from '@quality-hub/test/config';
import { site } from './site.ts';

const vault = (token: string) =>
  ({ kind: 'vault', address: site.vault, auth: { method: 'token', token: { env: token } } }) as const;
const aws = (name: string, endpoint = site.aws) =>
  ({
    kind: 'aws',
    region: 'eu-central-1',
    endpoint,
    credentials: { accessKeyId: { env: `${name}_ID` }, secretAccessKey: { env: `${name}_KEY` } },
  }) as const;
const azure = (clientId: string, clientSecret: string) =>
  ({
    kind: 'azure',
    vaultUrl: site.azure,
    authorityHost: site.azure,
    caFile: site.caFile,
    auth: { method: 'client-secret', tenantId: site.tenant, clientId, clientSecret: { env: clientSecret } },
  }) as const;

const hasDatabases = process.env['SUITE_DATABASES'] !== undefined;

export default defineHub({
  secrets: {
    stores: {
      kept: { kind: 'environment', files: ['.env.kept'] },
      vault: vault('TESTS_VAULT_TOKEN'),
      over: vault('OVER_VAULT_TOKEN'),
      revoked: vault('REVOKED_VAULT_TOKEN'),
      role: {
        kind: 'vault',
        address: site.vault,
        auth: { method: 'approle', roleId: 'role-of-the-tests', secretId: { env: 'WRONG_SECRET_ID' } },
      },
      oldJob: {
        kind: 'vault',
        address: site.vault,
        auth: { method: 'jwt', role: 'job', jwt: { env: 'OLD_JOB_JWT' } },
      },
      earlyJob: {
        kind: 'vault',
        address: site.vault,
        auth: { method: 'jwt', role: 'job', jwt: { env: 'EARLY_JOB_JWT' } },
      },
      sealed: { ...vault('TESTS_VAULT_TOKEN'), address: site.sealedVault },
      broken: { ...vault('TESTS_VAULT_TOKEN'), address: site.brokenVault },
      down: { ...vault('TESTS_VAULT_TOKEN'), address: site.nobody },
      aws: aws('AWS_TESTS'),
      awsUnknown: aws('AWS_UNKNOWN'),
      awsOver: {
        ...aws('AWS_OVER'),
        credentials: { ...aws('AWS_OVER').credentials, sessionToken: { env: 'AWS_OVER_TOKEN' } },
      },
      awsPoor: aws('AWS_POOR'),
      awsBusy: aws('AWS_TESTS', site.busyAws),
      azure: azure('tests', 'AZURE_TESTS_SECRET'),
      azureWrong: azure('tests', 'AZURE_WRONG_SECRET'),
      azureOver: azure('over', 'AZURE_TESTS_SECRET'),
      azureClosed: {
        ...azure('tests', 'AZURE_TESTS_SECRET'),
        vaultUrl: site.closedAzure,
        authorityHost: site.closedAzure,
        caFile: site.closedCaFile,
        auth: { ...azure('tests', 'AZURE_TESTS_SECRET').auth, tenantId: site.closedTenant },
      },
    },
    refs: {
      ordersKey: 'vault:kv/shop#orders',
      billingKey: 'aws:shop/billing',
      overKey: 'over:kv/shop#orders',
      revokedKey: 'revoked:kv/shop#orders',
      roleKey: 'role:kv/shop#orders',
      foreignKey: 'vault:kv/foreign#key',
      absentKey: 'vault:kv/shop/nowhere#key',
      lateKey: 'vault:kv/shop#orders@9',
      misnamedKey: 'vault:kv/shop#odrers',
      deletedKey: 'vault:kv/shop/old#key',
      oldJobKey: 'oldJob:kv/shop#orders',
      earlyJobKey: 'earlyJob:kv/shop#orders',
      sealedKey: 'sealed:kv/shop#orders',
      downKey: 'down:kv/shop#orders',
      brokenKey: 'broken:kv/shop#orders',
      awsUnknownKey: 'awsUnknown:shop/billing',
      awsOverKey: 'awsOver:shop/billing',
      awsPoorKey: 'awsPoor:shop/billing',
      awsAbsentKey: 'aws:shop/nowhere',
      awsDeletedKey: 'aws:shop/old',
      awsPendingKey: 'aws:shop/billing@AWSPENDING',
      awsBusyKey: 'awsBusy:shop/billing',
      azureWrongKey: 'azureWrong:orders',
      azureOverKey: 'azureOver:orders',
      azureAbsentKey: 'azure:nowhere',
      azureDisabledKey: 'azure:disabled',
      azureEndedKey: 'azure:ended',
      azureClosedKey: 'azureClosed:orders',
      unsetKey: 'kept:NOT_THERE',
      oddSettings: { ref: 'kept:ODD', type: 'json' },
      staleKey: 'kept:STALE',
      stalePassword: 'kept:STALE_PASSWORD',
      prodKey: 'kept:PROD',
      paymentKey: 'kept:PAYMENT',
      ...(hasDatabases ? { wrongDb: 'kept:WRONG_DB', unknownDb: 'kept:UNKNOWN_DB' } : {}),
    },
    access: [
      { name: 'production stays out', secrets: 'prod*', effect: 'deny' },
      { name: 'payments only', secrets: 'payment*', tags: ['@payments'] },
    ],
  },
  clients: {
    orders: { baseURL: site.orders, auth: { kind: 'bearer', token: secret('ordersKey') } },
    billing: { baseURL: site.billing, headers: { 'x-api-key': secret('billingKey') } },
    unwell: { baseURL: site.unwell, auth: { kind: 'bearer', token: secret('ordersKey') } },
    broken: { baseURL: site.broken, auth: { kind: 'bearer', token: secret('ordersKey') } },
    strict: { baseURL: site.strict, auth: { kind: 'bearer', token: secret('staleKey') } },
    strictKey: { baseURL: site.strict, auth: { kind: 'apiKey', key: secret('staleKey') } },
    strictBasic: { baseURL: site.strict, auth: { kind: 'basic', user: 'ann', password: secret('stalePassword') } },
    strictOauth: {
      baseURL: site.strict,
      auth: {
        kind: 'oauth',
        issuer: site.strict,
        endpoints: { token: `${site.strict}/oauth/token` },
        clientId: 'suite',
        clientSecret: secret('stalePassword'),
      },
    },
    nobody: { baseURL: site.nobody, auth: { kind: 'bearer', token: secret('ordersKey') } },
  },
  ...(hasDatabases
    ? {
        databases: {
          wrongPassword: { kind: 'mysql', url: secret('wrongDb') },
          unknownUser: { kind: 'postgres', url: secret('unknownDb') },
        },
      }
    : {}),
});
