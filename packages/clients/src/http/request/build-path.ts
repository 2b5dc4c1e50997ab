/** Makes the path of a request from its template, its parameters and its query. */
import { closestName, OptionError } from '@quality-hub/protocol';
import { revealed } from '@quality-hub/telemetry';
import type { Query, QueryValue, RequestOptions } from './request-options.ts';

type PathParams = NonNullable<RequestOptions['params']>;

export interface Target {
  /** Scheme, host and port. */
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  /** What evidence names: the path as the test wrote it, without values, query and secrets. */
  readonly template: string;
}

export interface BaseUrl {
  readonly origin: string;
  /** Path of the base, without a slash at the end. */
  readonly prefix: string;
}

/** @throws {OptionError} where it is not an absolute http(s) URL, or carries a query or credentials. */
export function readBaseUrl(baseUrl: string | URL): BaseUrl {
  const problem = (text: string): OptionError => new OptionError('baseURL', [text]);
  if (!URL.canParse(String(baseUrl))) throw problem(`"${baseUrl}" is not a URL; expected https://host/path`);
  const { protocol, origin, pathname, search, hash, username, password } = new URL(baseUrl);
  if (protocol !== 'http:' && protocol !== 'https:')
    throw problem(`${protocol} is not spoken here; expected http: or https:`);
  if (username !== '' || password !== '') throw problem('has a user or a password; give them as auth: basic(…)');
  if (search !== '' || hash !== '') throw problem('has a query or a fragment; give queries with the calls');
  return { origin, prefix: pathname.replace(/\/+$/, '') };
}

const PLAIN_PATH = /^\/?(?:[\w\-.~!$&'()*+,;=:@/]|%[\da-f]{2})*$/i;
const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * @param path A path below the base, or an absolute URL. `{names}` stand for `params`. It may have a query of its own.
 * @throws {OptionError} for a parameter that is missing, not used or would change the path.
 */
export function buildTarget(
  base: BaseUrl | undefined,
  path: string,
  params: PathParams | undefined,
  query: Query | undefined,
): Target {
  const filled = path.includes('{') || params !== undefined ? fillIn(path, params ?? {}) : path;
  const mark = filled.search(/[?#]/);
  const bare = mark < 0 ? filled : filled.slice(0, mark);
  const own = mark < 0 || filled[mark] === '#' ? '' : filled.slice(mark).replace(/#.*$/, '');
  const templateEnd = path.search(/[?#]/);
  const written = templateEnd < 0 ? path : path.slice(0, templateEnd);
  const queried = withQuery(own, query);
  if (
    base !== undefined &&
    !bare.includes('://') &&
    PLAIN_PATH.test(bare) &&
    !DOT_SEGMENT.test(bare) &&
    !bare.startsWith('//')
  ) {
    const joined = bare === '' ? base.prefix || '/' : `${base.prefix}${bare.startsWith('/') ? '' : '/'}${bare}`;
    return { origin: base.origin, path: joined + queried, template: templateOf(written, params) };
  }
  return parsedTarget(base, path, bare, queried, params);
}

/** Paths that are remembered. Each call with an id written into it makes a new one. */
const REMEMBERED = 200;

/** {@link buildTarget} for one base, which remembers what plain paths came to: a suite asks for the same ones again and again. */
export function targetsBelow(
  base: BaseUrl | undefined,
): (path: string, params: PathParams | undefined, query: Query | undefined) => Target {
  const remembered = new Map<string, Target>();
  return (path, params, query) => {
    if (params !== undefined || query !== undefined) return buildTarget(base, path, params, query);
    const found = remembered.get(path);
    if (found !== undefined) return found;
    const target = buildTarget(base, path, params, query);
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(path, target);
    return target;
  };
}

function parsedTarget(
  base: BaseUrl | undefined,
  path: string,
  bare: string,
  queried: string,
  params: Readonly<Record<string, unknown>> | undefined,
): Target {
  const absolute = /^[a-z][a-z\d+.-]*:\/\//i.test(bare);
  if (!absolute && base === undefined) {
    throw new OptionError(
      `The path "${path}"`,
      ['is relative, and the client has no baseURL'],
      'Give the client a baseURL',
    );
  }
  if (bare.startsWith('//')) {
    throw new OptionError(`The path "${path}"`, ['begins with two slashes, which names another host']);
  }
  const text = absolute ? bare : `${base?.origin}${base?.prefix}${bare.startsWith('/') ? '' : '/'}${bare}`;
  if (!URL.canParse(text)) throw new OptionError(`The path "${path}"`, ['does not make a URL']);
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OptionError(`The URL "${path}"`, [`${url.protocol} is not spoken here; expected http: or https:`]);
  }
  const written = absolute ? url.pathname : bare;
  const template = params === undefined ? templateOf(written, params) : templateOf(path.replace(/[?#].*$/, ''), params);
  return { origin: url.origin, path: url.pathname + queried, template };
}

function fillIn(path: string, params: PathParams): string {
  const problems: string[] = [];
  const used = new Set<string>();
  const filled = path.replace(/\{([^{}/]*)\}/g, (_, name: string) => {
    used.add(name);
    const value = Object.hasOwn(params, name) ? params[name] : undefined;
    if (value === undefined || value === null) {
      problems.push(`there is no value for {${name}}`);
      return '';
    }
    const text = String(revealed<unknown>(value));
    // `/orders/` would be another resource than `/orders/{id}`, and `/orders/..` is resolved to `/`.
    if (text === '' || text === '.' || text === '..') {
      problems.push(`{${name}} is ${JSON.stringify(text)}, which would name another path`);
    }
    return encodeURIComponent(text.toWellFormed());
  });
  for (const name of Object.keys(params)) {
    if (used.has(name)) continue;
    const meant = closestName(name, [...used]);
    problems.push(`the path has no {${name}}${meant === undefined ? '' : `, did you mean {${meant}}?`}`);
  }
  if (problems.length > 0) throw new OptionError(`The path "${path}"`, problems);
  return filled;
}

const IDENTIFIER =
  /^(?:\d+|[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|(?=[a-z]*\d)[\da-z]{16,}|[\w-]{32,})$/i;

/** Values that were written into the path make a new path of each call; what looks like one is named `{id}`. */
function templateOf(written: string, params: Readonly<Record<string, unknown>> | undefined): string {
  const path = written.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '');
  const slashed = path.startsWith('/') ? path : `/${path}`;
  if (params !== undefined && !/\d/.test(slashed)) return slashed;
  return /\d|[\w-]{32}/.test(slashed)
    ? slashed.replace(/[^/]+/g, segment => (IDENTIFIER.test(segment) ? '{id}' : segment))
    : slashed;
}

function withQuery(own: string, query: Query | undefined): string {
  if (query === undefined) return own;
  const more = encodeQuery(query);
  if (more === '') return own;
  if (own === '' || own === '?') return `?${more}`;
  return `${own}&${more}`;
}

/** As `application/x-www-form-urlencoded`, which is also the form of a form body. */
export function encodeQuery(query: Query): string {
  if (typeof query === 'string') return new URLSearchParams(query).toString();
  if (query instanceof URLSearchParams) return query.toString();
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const each of Array.isArray(value) ? (value as readonly QueryValue[]) : [value as QueryValue]) {
      if (each !== undefined && each !== null) search.append(name, String(revealed<unknown>(each)));
    }
  }
  return search.toString();
}
