/** Everything that signing in can end with. */
import { QualityHubError } from '@quality-hub/protocol';

/** No token was given (`QH_AUTH`). The message never holds a secret. */
export class AuthError extends QualityHubError {
  /** What the server has named: `invalid_client`, `access_denied`, `expired_token` … */
  readonly reason: string;
  /** HTTP status of the token endpoint, where it has answered. */
  readonly status: number | undefined;

  constructor(
    message: string,
    facts: { readonly reason: string; readonly status?: number; readonly hint: string; readonly cause?: unknown },
  ) {
    super(message, { code: 'QH_AUTH', hint: facts.hint, ...(facts.cause === undefined ? {} : { cause: facts.cause }) });
    this.reason = facts.reason;
    this.status = facts.status;
  }
}

/** Another process has held the right to fetch the token for too long (`QH_AUTH_BUSY`). */
export class AuthBusyError extends QualityHubError {
  constructor(message: string) {
    super(message, {
      code: 'QH_AUTH_BUSY',
      hint: 'A worker is stuck while it signs in; raise timeoutMs where signing in takes this long',
    });
  }
}
