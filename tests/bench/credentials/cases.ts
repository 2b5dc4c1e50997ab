/**
 * What each failing test of the suite is. Written before its first run: by docs/verdicts.md, which says who has to act, and not by
 * what the rules say.
 *
 * A sealed store has somebody who runs it, and a secret that is out of reach: both teams can be named. A user without the right
 * to something is test data: the token was not refused.
 */
import { type Case, plain, type Truth } from '../verdicts/case.ts';

const labelled =
  (truth: Truth, also?: Truth) =>
  (title: string, kind: string, route: string, shows: RegExp): Case =>
    plain(title, kind, route, { truth, shows, ...(also ? { also } : {}) });

const credential = labelled('credential');
const environment = labelled('environment');
const product = labelled('product');
const test = labelled('test');

const ofStores: readonly Case[] = [
  credential('store 01', 'token-over', 'vault', /does not know our token/),
  credential('store 02', 'token-revoked', 'vault', /does not know our token/),
  credential('store 03', 'wrong-secret-id', 'vault', /does not let us in/),
  credential('store 04', 'no-permission', 'vault', /permission denied/),
  credential('store 05', 'not-found', 'vault', /not|404/),
  credential('store 06', 'wrong-version', 'vault', /has nothing at/),
  credential('store 07', 'wrong-key', 'vault', /has no key/),
  credential('store 08', 'deleted-version', 'vault', /delete/),
  credential('store 09', 'expired-jwt', 'vault', /expired/),
  labelled('credential', 'environment')('store 10', 'clock-skew', 'vault', /not yet valid|future|nbf/),
  labelled('environment', 'credential')('store 11', 'sealed', 'vault', /sealed/),
  environment('store 12', 'down', 'vault', /ECONNREFUSED|did not answer|cannot/),
  environment('store 13', 'broken', 'vault', /500|failed/),
  credential('store 14', 'unknown-key', 'aws', /UnrecognizedClient|InvalidSignature|aws/),
  credential('store 15', 'session-over', 'aws', /ExpiredToken/),
  credential('store 16', 'no-permission', 'aws', /AccessDenied/),
  credential('store 17', 'not-found', 'aws', /ResourceNotFound/),
  credential('store 18', 'deleted', 'aws', /marked for deletion/),
  credential('store 19', 'no-such-version', 'aws', /version/),
  environment('store 20', 'throttled', 'aws', /Rate exceeded|Throttling/),
  credential('store 21', 'wrong-client-secret', 'azure', /AADSTS7000215/),
  credential('store 22', 'client-secret-over', 'azure', /AADSTS7000222/),
  credential('store 23', 'not-found', 'azure', /SecretNotFound|404/),
  credential('store 24', 'disabled', 'azure', /disabled/i),
  credential('store 25', 'secret-expired', 'azure', /expired|valid until|over/i),
  labelled('credential', 'environment')('store 26', 'firewall', 'azure', /ForbiddenByFirewall/),
  credential('store 27', 'missing-variable', 'environment', /NOT_THERE|not/),
  credential('store 28', 'no-json', 'environment', /is no JSON/),
];

const ofServices: readonly Case[] = [
  credential('service 01', 'rotated-away', 'bearer', /\b401\b/),
  credential('service 02', 'rotated-away', 'api-key', /\b401\b/),
  credential('service 03', 'rotated-away', 'basic', /\b401\b/),
  credential('service 04', 'revoked', 'bearer', /\b403\b/),
  credential('service 05', 'invalid-client', 'oauth', /invalid_client/),
  credential('service 06', 'expired', 'request', /\b401\b/),
  credential('service 07', 'expired', 'unwatched', /jwt expired/),
  credential('service 08', 'wrong-password', 'request', /\b401\b/),
  product('service 09', 'one-place-refuses', 'bearer', /\b401\b/),
  product('service 10', 'one-place-refuses', 'api-key', /\b401\b/),
  labelled('data', 'product')('service 11', 'role', 'bearer', /\b403\b/),
  environment('service 12', 'down', 'bearer', /ECONNREFUSED/),
  environment('service 13', 'overloaded', 'bearer', /\b503\b/),
  labelled('data')('service 14', 'exists-already', 'bearer', /\b409\b/),
  labelled('product', 'environment')('service 15', 'error-500', 'bearer', /\b500\b/),
];

const ofTests: readonly Case[] = [
  test('other 01', 'denied-by-rule', 'access', /rule/),
  test('other 02', 'not-allowed', 'access', /only allows it/),
  test('other 03', 'unknown-name', 'configuration', /There is no secret/),
  test('other 04', 'exception', 'code', /TypeError/),
  product('other 05', 'wrong-value', 'bearer', /toBe/),
  product('other 06', 'lets-in-anybody', 'request', /\b200\b/),
  product('other 07', 'wrong-text', 'words', /session/),
  product('other 08', 'wrong-value-after-refusal', 'request', /toBe/),
];

/** Where there are servers. One that believes everybody who says a name it knows has no wrong passwords. */
const ofDatabases: readonly Case[] = [
  credential('database 01', 'wrong-password', 'mariadb', /denied/i),
  credential('database 02', 'unknown-user', 'postgres', /does not exist|authentication failed/),
];

export const casesFor = ({ databases }: { readonly databases: boolean }): readonly Case[] => [
  ...ofStores,
  ...ofServices,
  ...ofTests,
  ...(databases ? ofDatabases : []),
];
