/** Secrets go over TLS, or do not leave the machine. */
import { OptionError } from '@quality-hub/protocol';

export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** @throws {OptionError} (`QH_OPTION`) for what is no URL, and for plain HTTP to another machine. */
export function checkAddress(option: string, address: string, allowed = false): string {
  const { protocol } = URL.canParse(address) ? new URL(address) : { protocol: undefined };
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new OptionError(option, [`"${address}" is no URL, expected https://host:port`]);
  if (protocol === 'https:' || allowed || isLoopback(address)) return address.replace(/\/+$/, '');
  throw new OptionError(
    option,
    [`${new URL(address).origin} is plain HTTP: secrets would cross the network in clear`],
    'Use https, or say `unsafeAllowHttp: true` where the network itself encrypts',
  );
}
