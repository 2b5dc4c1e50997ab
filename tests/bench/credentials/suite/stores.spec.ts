/** A secret that cannot be read. */
import { expect, test } from '@quality-hub/test';

const NAMES = [
  'overKey',
  'revokedKey',
  'roleKey',
  'foreignKey',
  'absentKey',
  'lateKey',
  'misnamedKey',
  'deletedKey',
  'oldJobKey',
  'earlyJobKey',
  'sealedKey',
  'downKey',
  'brokenKey',
  'awsUnknownKey',
  'awsOverKey',
  'awsPoorKey',
  'awsAbsentKey',
  'awsDeletedKey',
  'awsPendingKey',
  'awsBusyKey',
  'azureWrongKey',
  'azureOverKey',
  'azureAbsentKey',
  'azureDisabledKey',
  'azureEndedKey',
  'azureClosedKey',
  'unsetKey',
  'oddSettings',
];

for (const [index, name] of NAMES.entries()) {
  test(`store ${String(index + 1).padStart(2, '0')}`, async ({ secrets }) => {
    expect((await secrets.get(name)).reveal()).toBeTruthy();
  });
}
