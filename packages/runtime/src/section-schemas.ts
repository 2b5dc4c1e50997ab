/** The schemas of all sections, each from the package that owns it. */
import type { SectionSchemas } from '@quality-hub/config';

export async function sectionSchemas(): Promise<SectionSchemas> {
  const [{ policiesSchema }, { clientsSchema }, { databasesSchema }, { flagsSchema }] = await Promise.all([
    import('@quality-hub/resilience/schema'),
    import('@quality-hub/clients/http/schema'),
    import('@quality-hub/clients/db/schema'),
    import('@quality-hub/flags/schema'),
  ]);
  return { clients: clientsSchema, databases: databasesSchema, flags: flagsSchema, policies: policiesSchema };
}
