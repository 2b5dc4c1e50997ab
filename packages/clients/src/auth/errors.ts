/** Everything that signing in can end with. */
import { QualityHubError } from '@quality-hub/protocol';
import type { Classification } from '@quality-hub/resilience';

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

  get classification(): Classification {
    const lasting = (this.status ?? 400) >= 500 ? 'transient' : 'permanent';
    return { lasting, blame: 'credential', applied: 'no', answered: true, code: this.code };
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

  get classification(): Classification {
    return { lasting: 'transient', blame: 'credential', applied: 'no', answered: false, code: this.code };
  }
}
