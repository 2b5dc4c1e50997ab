/** A worker that signs in through a shared store, says what it got, and ends; or stops while it fetches the token. */
import { createMask } from '@quality-hub/telemetry';
import { oauth } from '../index.ts';
import { openSmallStore } from './small-store.ts';

const [path = '', issuer = '', clientId = '', clientSecret = '', timeoutMs = '30000'] = process.argv.slice(2);
const store = openSmallStore(path);
const auth = oauth({
  issuer,
  clientId,
  clientSecret,
  grant: { type: 'client-credentials' },
  store,
  timeoutMs: Number(timeoutMs),
});
const request = { method: 'GET', origin: issuer, path: '/', headers: {} };
const { headers } = await auth.sign(request, { mask: createMask(), signal: undefined });
process.stdout.write(`${headers?.['authorization']}\n`);
await store.close();
