/** What a store on AWS Secrets Manager is made of. */
import type { CredentialSource } from '../remote/credential-source.ts';

export interface AwsStoreOptions {
  /** @default as the SDK finds it: AWS_REGION, then the profile */
  readonly region?: string;
  /**
   * A key that does not change during a run.
   * @default the SDK's chain: environment, profile and sign-on, the identity of a CI job, of a container, of the machine
   */
  readonly credentials?: {
    readonly accessKeyId: CredentialSource;
    readonly secretAccessKey: CredentialSource;
    readonly sessionToken?: CredentialSource;
  };
  /** Of the shared configuration files. @default AWS_PROFILE */
  readonly profile?: string;
  /** Another address, of a VPC endpoint say. @default the region's, or AWS_ENDPOINT_URL_SECRETS_MANAGER */
  readonly endpoint?: string;
  /** Several secrets that are asked for at once are one request, where `BatchGetSecretValue` is allowed. @default true */
  readonly batch?: boolean;
  /** Certificates of an authority of your own, as PEM: of a proxy that looks into TLS, say. @default those of Node */
  readonly caFile?: string;
  /** Longest time of one request, in milliseconds. @default 4_000 */
  readonly timeoutMs?: number;
  /** Plain HTTP to another machine. Told to `onUnsafe`. @default false */
  readonly unsafeAllowHttp?: boolean;
}
