import { databaseContract } from '@quality-hub/testkit';
import { describe, test } from 'vitest';
import { contractSources } from '../../testing/database-servers.ts';

databaseContract(contractSources.postgres, { describe, test, skip: test.skip });
