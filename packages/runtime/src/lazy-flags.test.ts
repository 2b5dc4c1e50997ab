import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { flagProblems } from './lazy-flags.ts';
import { openWorker, scratchFolder } from './testing/open-workers.ts';

test('the file lies beside the configuration', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'flags.yaml'), 'flags: { newCheckout: { default: on } }');
  const configPath = join(folder, 'quality-hub.config.ts');
  const { runtime } = await openWorker({ config: { flags: { file: 'flags.yaml' } }, configPath });
  const flags = await (await runtime.flags()).forTest({ context: {} });
  expect(await flags.on('newCheckout')).toBe(true);
  expect(await flagProblems({ file: 'flags.yaml' }, folder)).toEqual([]);
});

test('a provider is opened by the first test that asks, once, and closed with the runtime', async () => {
  const told: string[] = [];
  const answer = async () => ({ value: true as never, variant: 'on' });
  const provider = () => {
    told.push('made');
    return {
      metadata: { name: 'remote' },
      initialize: async () => void told.push('ready'),
      onClose: async () => void told.push('closed'),
      resolveBooleanEvaluation: answer,
      resolveStringEvaluation: answer,
      resolveNumberEvaluation: answer,
      resolveObjectEvaluation: answer,
    };
  };
  const { runtime } = await openWorker({ config: { flags: { provider } } });
  await (await runtime.flags()).forTest({ context: {} });
  const second = await (await runtime.flags()).forTest({ context: {} });
  expect([await second.on('any'), told]).toEqual([true, ['made', 'ready']]);
  await runtime.close();
  expect(told).toEqual(['made', 'ready', 'closed']);
  expect(() => runtime.flags()).toThrow(expect.objectContaining({ code: 'QH_RUNTIME_CLOSED' }));
});

test('a runtime whose flags nobody asked for, or could not be opened, closes as well', async () => {
  const { runtime } = await openWorker({ config: { flags: { provider: () => Promise.reject(new Error('401')) } } });
  await expect((await runtime.flags()).forTest({ context: {} })).rejects.toThrow('401');
  await runtime.close();
  await (await openWorker({ config: {} })).runtime.close();
});

test('what is wrong with the file is told with its name; a provider is not asked before the run', async () => {
  const folder = scratchFolder();
  writeFileSync(join(folder, 'flags.json'), '{"flags":{"a":{},"b":{"default":"onn"}}}');
  expect(await flagProblems({ file: 'flags.json' }, folder)).toEqual([
    'flags.file flags.json: flags.a has neither default nor split, expected one of them',
    'flags.file flags.json: flags.b.default is "onn", which is no variant; did you mean on?',
  ]);
  expect(await flagProblems({ provider: () => Promise.reject(new Error('asked')) }, folder)).toEqual([]);
  expect(await flagProblems(undefined, folder)).toEqual([]);
});
