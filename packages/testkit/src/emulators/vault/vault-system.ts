/** What the emulated Vault says of itself, of tokens and of leases: `sys/` and `auth/token/`. */
import { type EmulatedAnswer, type EmulatedRequest, jsonBody } from '../emulator-server.ts';
import { authOf } from './vault-logins.ts';
import type { Token, TokenBook } from './vault-tokens.ts';
import { DENIED, envelope, errors, NO_CONTENT, seconds, UNSUPPORTED, vaultTime } from './vault-words.ts';

export interface SealState {
  sealed: boolean;
  initialized: boolean;
  standby: boolean;
}

const VERSION = '1.18.3';

/** No token is needed for it. The query says which statuses the asker wants. */
export function health(
  { sealed, initialized, standby }: SealState,
  request: EmulatedRequest,
  now: number,
): EmulatedAnswer {
  const { query } = request;
  const code = (name: string, usual: number): number => Number(query.get(name) ?? usual);
  const forgiving = query.get('standbyok') !== null && query.get('standbyok') !== 'false';
  const active = code('activecode', 200);
  const status = !initialized
    ? code('uninitcode', 501)
    : sealed
      ? code('sealedcode', 503)
      : standby && !forgiving
        ? code('standbycode', 429)
        : active;
  const body = {
    initialized,
    sealed,
    standby,
    performance_standby: false,
    replication_performance_mode: 'disabled',
    replication_dr_mode: 'disabled',
    server_time_utc: Math.floor(now / 1_000),
    version: VERSION,
    enterprise: false,
    ...(sealed ? {} : { cluster_name: 'vault-cluster-emulated', cluster_id: '5bd3b4a5-0000-4000-8000-000000000000' }),
  };
  return { status, body };
}

export function sealStatus({ sealed, initialized }: SealState): EmulatedAnswer {
  const body = {
    type: 'shamir',
    initialized,
    sealed,
    t: 3,
    n: 5,
    progress: 0,
    nonce: '',
    version: VERSION,
    build_date: '2024-12-16T14:00:53Z',
    migration: false,
    recovery_seal: false,
    storage_type: 'inmem',
  };
  return { status: 200, body };
}

/** `auth/token/lookup-self`, `renew-self`, `revoke-self`. */
export function ownToken(
  action: string,
  method: string,
  request: EmulatedRequest,
  token: Token,
  tokens: TokenBook,
  now: number,
): EmulatedAnswer {
  if (action === 'lookup-self' && method === 'GET') return envelope({ data: describe(token, now) });
  if (action === 'renew-self' && method === 'POST') {
    if (!token.renewable) return errors(400, 'lease is not renewable');
    const asked = seconds(jsonBody(request)?.increment);
    const left = tokens.renew(token, asked);
    const capped = left < (asked ?? token.ttlS);
    const warnings = [
      `TTL of "${asked ?? token.ttlS}s" exceeded the effective max_ttl of "${token.maxTtlS}s"; TTL value is capped accordingly`,
    ];
    return envelope({ auth: authOf(token, left), warnings: capped ? warnings : null });
  }
  if (action === 'revoke-self' && method === 'POST') {
    if (token.type === 'batch') return errors(400, 'batch tokens cannot be revoked');
    tokens.revoke(token.id);
    return NO_CONTENT;
  }
  return UNSUPPORTED;
}

function describe(token: Token, now: number) {
  const ttl = Math.max(0, Math.round((token.expiresAt - now) / 1_000));
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdAt / 1_000),
    creation_ttl: token.ttlS,
    display_name: token.path.split('/').at(-1),
    entity_id: '',
    expire_time: vaultTime(token.expiresAt),
    explicit_max_ttl: 0,
    id: token.id,
    issue_time: vaultTime(token.createdAt),
    meta: null,
    num_uses: token.usesLeft,
    orphan: true,
    path: token.path,
    policies: token.policies,
    renewable: token.renewable,
    ttl,
    type: token.type,
  };
}

/** `sys/leases/renew`, `revoke` and `lookup`. */
export function leases(action: string, request: EmulatedRequest, tokens: TokenBook, now: number): EmulatedAnswer {
  const { lease_id: id, increment } = jsonBody(request) ?? {};
  if (typeof id !== 'string') return errors(400, 'missing lease_id');
  if (action === 'revoke') {
    tokens.revokeLease(id);
    return NO_CONTENT;
  }
  const lease = tokens.lease(id);
  if (action === 'renew') {
    if (lease === undefined) return errors(400, 'lease not found');
    if (!lease.renewable) return errors(400, 'lease is not renewable');
    const lease_duration = tokens.renew(lease, seconds(increment));
    return envelope({ lease_id: id, renewable: true, lease_duration });
  }
  if (lease === undefined) return errors(400, 'invalid lease');
  const data = {
    id,
    issue_time: vaultTime(lease.createdAt),
    expire_time: vaultTime(lease.expiresAt),
    last_renewal: null,
    renewable: lease.renewable,
    ttl: Math.round((lease.expiresAt - now) / 1_000),
  };
  return action === 'lookup' ? envelope({ data }) : DENIED;
}
