/**
 * What tests of Quality Hub, and of your own extensions of it, need.
 *
 * Child runs of the real Playwright, a clock that tests move, real local servers, and contract suites. Knows how to run
 * things and to judge what they leave behind; does not know how any of it is made.
 */
export { databaseContract } from './contracts/database/database-contract.ts';
export type {
  ContractFunctions,
  ContractOpenOptions,
  DatabaseContractSource,
  NotSupported,
  StoppableServer,
} from './contracts/database/source.ts';
export { describeEventStreamContract, type SuiteFunctions } from './contracts/describe-event-stream.ts';
export { eventStreamContract } from './contracts/event-stream-contract.ts';
export { type KeyValueSource, keyValueContract } from './contracts/key-value/key-value-contract.ts';
export { type SharedKeyValueSource, sharedKeyValueContract } from './contracts/key-value/shared-key-value-contract.ts';
export type { OpenedLeases } from './contracts/lease/asking.ts';
export { type LeaseSource, leaseContract } from './contracts/lease/lease-contract.ts';
export { type WaitOptions, waitForLease } from './contracts/lease/lease-work.ts';
export { type SharedLeaseSource, sharedLeaseContract } from './contracts/lease/shared-lease-contract.ts';
export { type AttemptRecord, type RunRecord, runRecord, type TestRecord } from './contracts/run-record.ts';
export {
  type OpenedSecretStore,
  type SecretStoreSource,
  secretStoreContract,
} from './contracts/secret-store/secret-store-contract.ts';
export { AWS_THROTTLED, type AwsEmulator, startAwsEmulator } from './emulators/aws/aws-emulator.ts';
export type { AwsKey } from './emulators/aws/signature.ts';
export {
  type AzureCredential,
  type AzureEmulator,
  type AzureRight,
  azureThrottled,
  startAzureEmulator,
} from './emulators/azure/azure-emulator.ts';
export type { AzureApp } from './emulators/azure/entra.ts';
export type { EmulatedAnswer, EmulatedRequest, Emulator, EmulatorFault } from './emulators/emulator-server.ts';
export { type DatabaseRole, startVaultEmulator, type VaultEmulator } from './emulators/vault/vault-emulator.ts';
export { InlineRunError, InlineTimeoutError } from './errors.ts';
export { FakeClock } from './fake-clock.ts';
export { cleanEnvironment } from './inline-run/clean-environment.ts';
export type { InlineResult, Row, RowValue } from './inline-run/inline-result.ts';
export { type MergeOptions, mergeReports } from './inline-run/merge-reports.ts';
export type { ChildResult, SignalPlan } from './inline-run/run-child.ts';
export { type InlineOptions, runInline } from './inline-run/run-inline.ts';
export { readSpools } from './inline-run/spool-events.ts';
export { type LocalServer, startServer } from './start-server.ts';
export type { ProxiedConnection } from './tcp-proxy/relay.ts';
export type { Slowness } from './tcp-proxy/slow-pipe.ts';
export { type ProxyCounts, startTcpProxy, type TcpProxy } from './tcp-proxy/tcp-proxy.ts';
export { startTlsFront, type TlsFront } from './tls-front.ts';
