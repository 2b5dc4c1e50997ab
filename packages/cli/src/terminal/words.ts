/** Numbers, times, lengths and reasons as people read them. */
import { errorSentence } from '@quality-hub/protocol';

/** `1 test`, `3 tests`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `340 ms`, `8.2 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return whole % 60 === 0 ? `${whole / 60} min` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(seconds / 60);
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `2026-01-01 09:05:07` in the time of this machine. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** `87 %` of a ratio from 0 to 1. */
export function percent(ratio01: number): string {
  return `${Math.round(ratio01 * 100)} %`;
}

/** An error as the end of a sentence of ours: the first of several problems, without the dot. */
export function reasonOf(error: unknown): string {
  return (errorSentence(error).split('\n')[0] ?? '').replace(/[.:]$/, '');
}
