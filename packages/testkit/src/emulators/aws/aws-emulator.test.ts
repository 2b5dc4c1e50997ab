import { expect, test } from 'vitest';
import { FakeClock } from '../../fake-clock.ts';
import { startAwsEmulator } from './aws-emulator.ts';

test('a request without a signature is answered as AWS does it', async () => {
  await using aws = await startAwsEmulator();
  const answer = await fetch(aws.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{}',
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'application/x-amz-json-1.1']);
  expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await answer.json()).toEqual({
    __type: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  });
});

test('stages move as the service moves them, and a rotation stands half done until it is filled', async () => {
  const clock = new FakeClock();
  await using aws = await startAwsEmulator({ now: clock.now });
  const { VersionId: first } = aws.call('CreateSecret', { Name: 'a', SecretString: '1' });
  expect(aws.call('GetSecretValue', { SecretId: 'a' })).toMatchObject({
    VersionStages: ['AWSCURRENT'],
    CreatedDate: 1_767_225_600,
  });
  expect(() => aws.call('GetSecretValue', { SecretId: 'a', VersionStage: 'AWSPREVIOUS' })).toThrow(
    'for staging label: AWSPREVIOUS',
  );
  const { VersionId: second } = aws.call('PutSecretValue', { SecretId: 'a', SecretString: '2' });
  expect(aws.call('DescribeSecret', { SecretId: 'a' }).VersionIdsToStages).toEqual({
    [`${first}`]: ['AWSPREVIOUS'],
    [`${second}`]: ['AWSCURRENT'],
  });
  const { VersionId: third } = aws.call('RotateSecret', { SecretId: 'a' });
  expect(() => aws.call('GetSecretValue', { SecretId: 'a', VersionStage: 'AWSPENDING' })).toThrow(
    "can't find the specified secret value",
  );
  expect(() => aws.call('RotateSecret', { SecretId: 'a' })).toThrow('still in progress');
  aws.call('PutSecretValue', {
    SecretId: 'a',
    ClientRequestToken: third,
    SecretString: '3',
    VersionStages: ['AWSPENDING'],
  });
  const move = { SecretId: 'a', VersionStage: 'AWSCURRENT', MoveToVersionId: third };
  expect(() => aws.call('UpdateSecretVersionStage', move)).toThrow("RemoveFromVersionId can't be empty");
  aws.call('UpdateSecretVersionStage', { ...move, RemoveFromVersionId: second });
  expect(aws.call('GetSecretValue', { SecretId: 'a' })).toMatchObject({ SecretString: '3' });
  expect(aws.call('GetSecretValue', { SecretId: 'a', VersionStage: 'AWSPREVIOUS' })).toMatchObject({
    SecretString: '2',
  });
  // The first has no label any more: it is deprecated.
  expect(aws.call('ListSecretVersionIds', { SecretId: 'a' }).Versions).toHaveLength(2);
  expect(aws.call('ListSecretVersionIds', { SecretId: 'a', IncludeDeprecated: true }).Versions).toHaveLength(3);
});

test('the same token with the same value is the same write, and with another value an error', async () => {
  await using aws = await startAwsEmulator();
  aws.call('CreateSecret', { Name: 'a', SecretString: '1' });
  const put = (SecretString: string) =>
    aws.call('PutSecretValue', { SecretId: 'a', ClientRequestToken: 't'.repeat(32), SecretString });
  expect(put('2').VersionId).toBe(put('2').VersionId);
  expect(() => put('3')).toThrow(expect.objectContaining({ type: 'ResourceExistsException' }));
  expect(() => aws.call('CreateSecret', { Name: 'a', SecretString: '1' })).toThrow(
    expect.objectContaining({ type: 'ResourceExistsException' }),
  );
  expect(() => aws.call('CreateSecret', { Name: 'a b', SecretString: '1' })).toThrow(
    expect.objectContaining({ type: 'ValidationException' }),
  );
  expect(() => aws.call('CreateSecret', { Name: 'b' })).toThrow('either SecretString or SecretBinary');
});

test('what is marked for deletion is not read, and comes back; what is forced is gone', async () => {
  await using aws = await startAwsEmulator();
  aws.call('CreateSecret', { Name: 'a', SecretString: '1' });
  aws.call('DeleteSecret', { SecretId: 'a' });
  expect(() => aws.call('GetSecretValue', { SecretId: 'a' })).toThrow('marked for deletion');
  aws.call('RestoreSecret', { SecretId: 'a' });
  expect(aws.call('GetSecretValue', { SecretId: 'a' })).toMatchObject({ SecretString: '1' });
  aws.call('DeleteSecret', { SecretId: 'a', ForceDeleteWithoutRecovery: true });
  expect(aws.names).toEqual([]);
  expect(() => aws.call('BatchGetSecretValue', { SecretIdList: [] })).toThrow('1 to 20');
  expect(() => aws.call('Nothing', {})).toThrow('is not known');
});
