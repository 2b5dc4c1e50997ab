/** Where a client takes its cookies from, and where it puts those that come: a jar of its own, or a browser context. */
import type { Cookie, CookieJar } from 'tough-cookie';

export interface CookieSource {
  /** Value of the `Cookie` header; undefined where there is none. */
  headerFor(url: string): Promise<string | undefined>;
  /** Takes `Set-Cookie` headers. One that the origin may not set is dropped, as browsers do. */
  store(url: string, setCookies: readonly string[]): Promise<void>;
}

/** What a browser context can do with cookies; Playwright's `BrowserContext` can. */
export interface CookieContext {
  cookies(urls: string): Promise<readonly { readonly name: string; readonly value: string }[]>;
  addCookies(cookies: readonly ContextCookie[]): Promise<void>;
}

export interface ContextCookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  readonly path: string;
  /** Seconds since 1970; -1 for as long as the context lives. */
  readonly expires: number;
  readonly httpOnly: boolean;
  readonly secure: boolean;
  readonly sameSite?: 'Strict' | 'Lax' | 'None';
}

/** Cookies of this client alone, in memory. */
export function cookieJar(): CookieSource {
  let made: Promise<CookieJar> | undefined;
  const jarOf = (): Promise<CookieJar> => (made ??= newJar());
  return {
    headerFor: async url => (await (await jarOf()).getCookieString(url)) || undefined,
    store: async (url, setCookies) => {
      const jar = await jarOf();
      for (const text of setCookies) await jar.setCookie(text, url, { ignoreError: true });
    },
  };
}

/** The cookies of a browser context: the client is signed in where the page is, and the page where the client is. */
export function contextCookies(context: CookieContext): CookieSource {
  return {
    headerFor: async url => {
      const cookies = await context.cookies(url);
      return cookies.length === 0 ? undefined : cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
    },
    store: async (url, setCookies) => {
      // A jar for one answer: it knows which cookies an origin may set, and for which domain and path.
      const jar = await newJar();
      const allowed: Cookie[] = [];
      for (const text of setCookies) {
        const cookie = await jar.setCookie(text, url, { ignoreError: true });
        if (cookie) allowed.push(cookie);
      }
      if (allowed.length > 0) await context.addCookies(allowed.map(forContext));
    },
  };
}

async function newJar(): Promise<CookieJar> {
  const { CookieJar: Jar } = await import('tough-cookie');
  // Tests run on `localhost` and on names of one word, which are no public suffixes but look like them.
  return new Jar(undefined, { looseMode: false, allowSpecialUseDomain: true, rejectPublicSuffixes: true });
}

const SAME_SITE: Readonly<Record<string, 'Strict' | 'Lax' | 'None'>> = { strict: 'Strict', lax: 'Lax', none: 'None' };

function forContext(cookie: Cookie): ContextCookie {
  const { key, value, domain, path, hostOnly, httpOnly, secure, sameSite } = cookie;
  const expiresAt = cookie.expiryTime();
  const site = SAME_SITE[sameSite ?? ''];
  return {
    name: key,
    value,
    domain: hostOnly === false ? `.${domain ?? ''}` : (domain ?? ''),
    path: path ?? '/',
    // A moment in the past deletes the cookie; 0 and less have other meanings.
    expires:
      expiresAt === undefined || expiresAt === Number.POSITIVE_INFINITY
        ? -1
        : Math.max(1, Math.floor(expiresAt / 1000)),
    httpOnly,
    secure,
    ...(site === undefined ? {} : { sameSite: site }),
  };
}
