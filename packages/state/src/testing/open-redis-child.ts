/** Opens Redis in the child processes of the contract suites. */
import { openRedisState, type RedisStateOptions } from '../drivers/redis.ts';

const open = (location: string) => openRedisState(JSON.parse(location) as RedisStateOptions);

export const openStore = async (location: string) => {
  const { store, leases } = await open(location);
  await leases.close();
  return store;
};

export const openLeases = async (location: string) => {
  const { store, leases } = await open(location);
  await store.close();
  return leases;
};
