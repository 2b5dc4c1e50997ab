/**
 * What masking costs a text: in chunks and per line, beside one regular expression of all needles. And a trace, beside the
 * plain way, which packs everything again.
 *
 * `pnpm bench mask [--rounds N] [--megabytes N]`
 */
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorSentence, OptionError } from '@quality-hub/protocol';
import { createMask, encodedForms, type Mask } from '@quality-hub/telemetry';
import { atLeast, atMost, say, tell } from './figure.ts';
import { logText, oneEvent, secretsOf } from './measure/log-text.ts';
import { readNumbers } from './measure/options.ts';
import { compare, inRounds, type Samples } from './measure/rounds.ts';
import { lowerQuartile, median } from './measure/statistics.ts';
import { type MaskedTrace, maskInChild, writeTrace } from './measure/trace-file.ts';

const CHUNK = 64 * 1024;
/** The regular expression is too slow for all of it. */
const PART = 10;
const EVENTS = 2_000;
/** What a trace of 50 MB holds. */
const TRACE_BYTES = 110_000_000;
const TRACE_ROUNDS = 3;

/** Every needle in one expression, the longest first: what one would write without an engine. */
function alternation(values: readonly string[]): RegExp {
  const needles = [...new Set(values.flatMap(value => [...encodedForms(value)]))].sort((a, b) => b.length - a.length);
  return new RegExp(needles.map(needle => needle.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g');
}

function inChunks(mask: Mask, chunks: readonly string[], shapes: boolean): number {
  const stream = mask.stream({ shapes });
  let length = 0;
  for (const chunk of chunks) length += stream.push(chunk).length;
  return length + stream.end().length;
}

async function traces(): Promise<{ bytes: number; samples: Samples<'ours' | 'plain' | 'idle', MaskedTrace> }> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-bench-'));
  const [clean, path, small] = ['clean.zip', 'trace.zip', 'small.txt'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const { contentBytes, zipBytes } = writeTrace(clean, TRACE_BYTES);
  say(`A trace of ${Math.round(zipBytes / 1e6)} MB, with ${Math.round(contentBytes / 1e6)} MB of content`);
  writeFileSync(small, 'nothing');
  const samples = await inRounds(['ours', 'plain', 'idle'], TRACE_ROUNDS, async way => {
    if (way === 'idle') return maskInChild('ours', small);
    copyFileSync(clean, path);
    return maskInChild(way, path);
  });
  rmSync(folder, { recursive: true });
  return { bytes: contentBytes, samples };
}

try {
  const { rounds, megabytes } = readNumbers(process.argv.slice(2), { rounds: 9, megabytes: 100 });
  const secrets = secretsOf(50);
  const short = [...secrets, 'k9$Xz2'];
  const { text, lines } = logText(megabytes, secrets);
  const chunks = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, n) =>
    // A chunk as it comes from a file: a string of its own.
    Buffer.from(text.slice(n * CHUNK, (n + 1) * CHUNK)).toString('latin1'),
  );
  const [mask, shortMask, expression] = [
    createMask({ values: secrets }),
    createMask({ values: short }),
    alternation(secrets),
  ];
  const event = oneEvent(2_048);
  const RUNS = {
    chunks: () => inChunks(mask, chunks, false),
    chunksAgain: () => inChunks(mask, chunks, false),
    lines: () => lines.reduce((sum, line) => sum + mask.values(line).length, 0),
    shortChunks: () => inChunks(shortMask, chunks, false),
    shortLines: () => lines.reduce((sum, line) => sum + shortMask.values(line).length, 0),
    withShapes: () => inChunks(mask, chunks.slice(0, chunks.length / PART), true),
    expression: () =>
      chunks
        .slice(0, chunks.length / PART)
        .reduce((sum, chunk) => sum + chunk.replace(expression, '[masked]').length, 0),
    events: () => {
      let sum = 0;
      for (let n = 0; n < EVENTS; n++) sum += mask.text(event + n).length;
      return sum;
    },
  } satisfies Record<string, () => number>;
  type Variant = keyof typeof RUNS;
  const bytesOf = (variant: Variant): number =>
    variant === 'expression' || variant === 'withShapes' ? text.length / PART : text.length;
  const samples = await inRounds(Object.keys(RUNS) as Variant[], rounds, async variant => {
    const startMs = performance.now();
    RUNS[variant]();
    return performance.now() - startMs;
  });
  const speed = (variant: Variant): number => bytesOf(variant) / 1_000 / lowerQuartile(samples[variant]);
  for (const variant of ['withShapes', 'expression'] as const) say(`${variant}: ${Math.round(speed(variant))} MB/s`);
  const times = compare(samples.expression, samples.chunks, (theirs, ours) => (theirs * PART) / ours);
  const noise = compare(samples.chunks, samples.chunksAgain, (one, other) => one / other).spread;
  say(`The same against itself: ${noise.map(one => one.toFixed(2)).join(' to ')}`);
  const trace = await traces();
  const traceSpeed = (way: 'ours' | 'plain'): number =>
    trace.bytes / 1_000 / lowerQuartile(trace.samples[way].map(({ ms }) => ms));
  const peak = (way: 'ours' | 'plain' | 'idle'): number => median(trace.samples[way].map(({ peakMb }) => peakMb));
  say(`The plain way: ${Math.round(traceSpeed('plain'))} MB/s, ${Math.round(peak('plain'))} MB`);
  say(`A process of sources that masks nothing needs ${Math.round(peak('idle'))} MB`);
  tell([
    atLeast('mask.chunks', speed('chunks'), { unit: 'MB/s', target: 1_000 }),
    atLeast('mask.lines', speed('lines'), { unit: 'MB/s', target: 1_000 }),
    atLeast('mask.chunks.ratio', times.value, { unit: 'times one RegExp', target: 10 }),
    atLeast('mask.short.chunks', speed('shortChunks'), { unit: 'MB/s', target: 300 }),
    atLeast('mask.short.lines', speed('shortLines'), { unit: 'MB/s', target: 300 }),
    atLeast('mask.trace', traceSpeed('ours'), { unit: 'MB of content/s', target: 80 }),
    atMost('mask.trace.memory', peak('ours') - peak('idle'), { unit: 'MB more than idle', target: 100 }),
    atMost('mask.event', (median(samples.events) * 1_000) / EVENTS, { unit: 'µs', target: 5 }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
