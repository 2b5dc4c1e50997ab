/** The schemas of all sections, each from the package that owns it. */
import type { SectionSchemas } from '@quality-hub/config';

export async function sectionSchemas(): Promise<SectionSchemas> {
  const [
    { policiesSchema: policies },
    { clientsSchema: clients },
    { databasesSchema: databases },
    { secretsSchema: secrets },
    { flagsSchema: flags },
    { stateSchema: state },
  ] = await Promise.all([
    import('@quality-hub/resilience/schema'),
    import('@quality-hub/clients/http/schema'),
    import('@quality-hub/clients/db/schema'),
    import('@quality-hub/secrets/schema'),
    import('@quality-hub/flags/schema'),
    import('@quality-hub/state/schema'),
  ]);
  return { clients, databases, policies, secrets, flags, state };
}
