/** Which proxy carries which request. */
import { OptionError } from '@quality-hub/protocol';

/** As undici's `EnvHttpProxyAgent` takes them. */
export interface ProxyChoice {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** A proxy of the environment would look for the test's own servers on its own machine. As Go and curl's users have it. */
const THIS_MACHINE = 'localhost,127.0.0.1,::1';

/**
 * @returns undefined where no request goes through a proxy.
 * @throws {OptionError} (`QH_OPTION`) for what is no URL of an HTTP proxy.
 */
export function proxyFor(
  given: string | URL | false | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ProxyChoice | undefined {
  if (given === false) return undefined;
  if (given !== undefined) {
    const proxy = checked('connection.proxy', String(given));
    return { httpProxy: proxy, httpsProxy: proxy, noProxy: '' };
  }
  const http = env['http_proxy'] || env['HTTP_PROXY'] || '';
  const https = env['https_proxy'] || env['HTTPS_PROXY'] || '';
  if (http === '' && https === '') return undefined;
  const none = env['no_proxy'] ?? env['NO_PROXY'] ?? '';
  return {
    httpProxy: http === '' ? '' : checked('HTTP_PROXY', http),
    httpsProxy: https === '' ? '' : checked('HTTPS_PROXY', https),
    noProxy: `${none},${THIS_MACHINE}`,
  };
}

/** Without what stands before the host: it may be a password. */
function checked(where: string, url: string): string {
  const text = /^[a-z][a-z\d+.-]*:\/\//i.test(url) ? url : `http://${url}`;
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new OptionError('The proxy', [`${where} is "${url.replace(/^.*@/, '…@')}", expected http://host:port`]);
}
