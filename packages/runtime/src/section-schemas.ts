/** The schemas of all sections, each from the package that owns it. */
import type { SectionSchemas } from '@quality-hub/config';

export async function sectionSchemas(): Promise<SectionSchemas> {
  const [
    { policiesSchema: policies },
    { clientsSchema: clients },
    { databasesSchema: databases },
    { secretsSchema: secrets },
    { flagsSchema: flags },
    { dataSchema: data },
    { cacheSchema: cache },
    { poolsSchema: pools },
    { stateSchema: state },
  ] = await Promise.all([
    import('@quality-hub/resilience/schema'),
    import('@quality-hub/clients/http/schema'),
    import('@quality-hub/clients/db/schema'),
    import('@quality-hub/secrets/schema'),
    import('@quality-hub/flags/schema'),
    import('@quality-hub/data/schema'),
    import('@quality-hub/state/cache/schema'),
    import('@quality-hub/state/pools/schema'),
    import('@quality-hub/state/schema'),
  ]);
  return { clients, databases, policies, secrets, flags, data, cache, pools, state };
}
