/** A token as it is kept: what it says, and until when it holds. */

export interface Token {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Milliseconds since 1970; absent where the server has not said. */
  readonly issuedAt: number;
  readonly expiresAt?: number;
  /** From here on a new one is fetched; chosen at random, so that workers do not come all at once. */
  readonly refreshAt?: number;
  /** It was fetched because the one before was refused: if it is refused as well, a third will be too. */
  readonly forced: boolean;
}

export interface TokenAnswer {
  readonly access_token: string;
  readonly refresh_token?: string | undefined;
  readonly expires_in?: number | undefined;
}

/** The new one is fetched when 10 to 20 % of the time are left. */
export function tokenOf(
  answer: TokenAnswer,
  {
    now,
    random,
    forced,
    refreshToken,
  }: { now: number; random: () => number; forced: boolean; refreshToken: string | undefined },
): Token {
  const lifetimeMs = answer.expires_in === undefined ? undefined : answer.expires_in * 1000;
  // A server that does not rotate refresh tokens sends none with a refresh: the one before holds on.
  const refresh = answer.refresh_token ?? refreshToken;
  return {
    accessToken: answer.access_token,
    issuedAt: now,
    forced,
    ...(refresh === undefined ? {} : { refreshToken: refresh }),
    ...(lifetimeMs === undefined
      ? {}
      : { expiresAt: now + lifetimeMs, refreshAt: now + lifetimeMs * (0.9 - 0.1 * random()) }),
  };
}

export function isFresh(token: Token | undefined, now: number): token is Token {
  return token !== undefined && (token.refreshAt === undefined || now < token.refreshAt);
}

/** Still taken by the server, though it is time for a new one. */
export function isAlive(token: Token | undefined, now: number): token is Token {
  return token !== undefined && (token.expiresAt === undefined || now < token.expiresAt);
}

/** Undefined for what is not a token: written by another version, or damaged. */
export function readToken(text: string): Token | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const { accessToken, issuedAt, forced } = value as Record<string, unknown>;
    return typeof accessToken === 'string' && typeof issuedAt === 'number' && typeof forced === 'boolean'
      ? (value as Token)
      : undefined;
  } catch {
    return undefined;
  }
}
