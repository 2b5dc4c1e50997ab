/** Names of the databases that we make: whoever finds one can tell whose it was. */
import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import { hostname } from 'node:os';

export interface Owner {
  readonly runId: string;
  readonly pid: number;
  readonly host: string;
  /** When the process of the owner began. */
  readonly startedAt: Date;
}

export interface CloneName {
  readonly run: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Date;
}

const CLONE = /^qh_w_([0-9a-f]{8})_([0-9a-f]{6})_(\d+)_([0-9a-z]+)_[0-9a-z]+$/;
export const CLONE_PREFIX = 'qh_w_';
const TEMPLATE_PREFIX = 'qh_t_';
/** A process that began this much later has only got the same number. Clocks of files and processes differ a little. */
const SAME_PROCESS_MS = 10_000;

export function ownerHere(runId: string): Owner {
  return { runId, pid: process.pid, host: hostname(), startedAt: new Date(Date.now() - process.uptime() * 1000) };
}

/** `qh_w_<run>_<host>_<pid>_<start>_<n>`: 63 characters at most, which is what PostgreSQL takes. */
export function cloneName({ runId, host, pid, startedAt }: Owner, n: string): string {
  const seconds = Math.floor(startedAt.getTime() / 1000).toString(36);
  return `${CLONE_PREFIX}${hash(runId, 8)}_${hash(host, 6)}_${pid}_${seconds}_${n}`;
}

export function parseCloneName(name: string): CloneName | undefined {
  const [, run = '', host = '', pid, start = ''] = CLONE.exec(name) ?? [];
  if (pid === undefined) return undefined;
  return { run, host, pid: Number(pid), startedAt: new Date(Number.parseInt(start, 36) * 1000) };
}

export function templateName(key: string): string {
  return `${TEMPLATE_PREFIX}${hash(key, 16)}`;
}

/** A copy that is made ahead belongs to nobody yet: `qh_s_<template>_<n>`. */
export function sparePrefix(template: string): string {
  return `qh_s_${template.slice(TEMPLATE_PREFIX.length)}_`;
}

export function hostMark(host: string): string {
  return hash(host, 6);
}

/** The process of the owner still runs: the number, and not one that was given to another process since. */
export function isAliveHere({ pid, startedAt }: Pick<CloneName, 'pid' | 'startedAt'>): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  try {
    return statSync(`/proc/${pid}`).ctimeMs <= startedAt.getTime() + SAME_PROCESS_MS;
  } catch {
    // No /proc on this system: the number has to do.
    return true;
  }
}

function hash(text: string, length: number): string {
  return createHash('sha256').update(text).digest('hex').slice(0, length);
}
