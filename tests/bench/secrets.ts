/**
 * What a secret costs that is kept already, and how often a store is asked.
 *
 * `pnpm bench secrets [--rounds N] [--reads N]`
 */
import { errorSentence, OptionError, type SecretStore } from '@quality-hub/protocol';
import { openSecrets } from '@quality-hub/secrets';
import { createMask } from '@quality-hub/telemetry';
import { atMost, say, tell } from './figure.ts';
import { readNumbers } from './measure/options.ts';
import { lowerQuartile } from './measure/statistics.ts';

const VALUE = 'correct-h0rse-battery-staple';

try {
  const { rounds, reads } = readNumbers(process.argv.slice(2), { rounds: 50, reads: 20_000 });
  let asked = 0;
  const store: SecretStore = {
    kind: 'counted',
    read: async () => {
      asked++;
      await new Promise(resolve => setTimeout(resolve, 20));
      return { value: { key: VALUE }, version: '1' };
    },
    versions: async () => [],
    health: async () => ({ state: 'healthy' }),
    close: async () => {},
  };
  const mask = createMask();
  await using secrets = openSecrets({
    stores: { counted: store },
    refs: { paymentKey: 'counted:shop#key' },
    beforeReveal: (_, texts) => mask.add(texts),
  });
  await Promise.all(Array.from({ length: 50 }, () => secrets.get('paymentKey')));
  const first = asked;
  const micros: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startMs = performance.now();
    for (let read = 0; read < reads; read++)
      if ((await secrets.get('paymentKey')).reveal() !== VALUE) throw new Error('another value');
    micros.push(((performance.now() - startMs) * 1_000) / reads);
  }
  tell([
    atMost('secrets.cached', lowerQuartile(micros), { unit: 'µs', target: 5 }),
    atMost('secrets.first', first, { unit: 'questions for 50 first reads at a time', target: 1 }),
  ]);
} catch (error) {
  say(errorSentence(error));
  process.exitCode = error instanceof OptionError ? 2 : 1;
}
