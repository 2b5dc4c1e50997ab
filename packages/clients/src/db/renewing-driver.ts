/** Asks for another address where the server refuses the credentials in the one it was given. */
import type { Connection, ConnectOptions, Driver } from './driver.ts';
import type { AddressSource, DatabaseOptions } from './options.ts';

export interface RenewableAddress {
  readonly source: AddressSource;
  readonly renewAddress: NonNullable<DatabaseOptions['renewAddress']>;
}

/** The current value, a newer one, the one before it: whoever is refused with all of them is refused. */
const MOST_REFUSALS = 3;

export function renewing(driverAt: (source: AddressSource) => Driver, address: RenewableAddress): Driver {
  const driver = driverAt(address.source);
  return { ...driver, connect: options => connect(driverAt, driver, address, options) };
}

async function connect(
  driverAt: (source: AddressSource) => Driver,
  driver: Driver,
  { source, renewAddress }: RenewableAddress,
  options: ConnectOptions,
): Promise<Connection> {
  const refused: string[] = [];
  for (;;) {
    // Held fast: another connection may have got a newer one by the time this one is refused.
    const used = await source();
    try {
      return await driverAt(() => used).connect(options);
    } catch (error) {
      const { trouble, serverCode } = driver.troubleOf(error);
      refused.push(used);
      if (trouble !== 'credentials' || refused.length > MOST_REFUSALS || options.signal?.aborted) throw error;
      if (!(await renewAddress(refused, `${driver.dialect} said ${serverCode ?? 'no'}`))) throw error;
    }
  }
}
