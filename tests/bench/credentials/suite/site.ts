/** Addresses of what the suite talks to; what is secret comes by variables of its own. */
export interface Site {
  readonly vault: string;
  readonly sealedVault: string;
  readonly brokenVault: string;
  readonly aws: string;
  readonly busyAws: string;
  readonly azure: string;
  readonly closedAzure: string;
  readonly tenant: string;
  readonly closedTenant: string;
  readonly caFile: string;
  readonly closedCaFile: string;
  readonly orders: string;
  readonly billing: string;
  readonly unwell: string;
  readonly broken: string;
  readonly strict: string;
  readonly nobody: string;
}

export const site: Site = JSON.parse(process.env['SITE'] ?? '{}');
