/**
 * Secrets in AWS Secrets Manager.
 *
 * A door of its own: the SDK is loaded with the first question, and nothing of this where there is no AWS.
 */
export type { CredentialSource } from '../remote/credential-source.ts';
export type { RemoteSeams } from '../remote/remote-seams.ts';
export type { AwsStoreOptions } from './aws-options.ts';
export { awsStore } from './aws-store.ts';
