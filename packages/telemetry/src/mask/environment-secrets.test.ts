import { expect, test } from 'vitest';
import { environmentSecrets } from './environment-secrets.ts';

test('values of secret-looking variables are taken', () => {
  const env = {
    DB_PASSWORD: 'correct-H0rse',
    GITHUB_TOKEN: 'ghp_abcdef123456',
    stripeApiKey: 'sk_live_9911aa',
    MY_PAT: 'x9x9x9x9x9',
  };
  expect(environmentSecrets(env).sort()).toEqual(Object.values(env).sort());
});

test('the password inside a URL is taken, decoded, whatever the variable is called', () => {
  expect(environmentSecrets({ SHOP_DB: 'postgres://shop:p%40ssw0rd!@db/shop' })).toEqual(['p@ssw0rd!']);
});

test('words, numbers, paths, plain URLs, short values and other variables are left out', () => {
  expect(
    environmentSecrets({
      AUTH_TOKEN: 'disabled',
      API_KEY: '12345678901',
      SSH_AUTH_SOCK: '/run/user/1000/agent.sock',
      TOKEN_URL: 'https://login.example/token',
      DB_PASSWORD: 'short1',
      SESSION_SECRET: 'Development',
      HOME: '/home/ann',
      EDITOR: 'a-value-with-4-digits',
      UNSET_TOKEN: undefined,
      DATABASE_URL: 'postgres://shop:pw@db/shop',
    }),
  ).toEqual([]);
});

test('a broken percent sign in a password is kept as it is', () => {
  expect(environmentSecrets({ X: 'https://u:100%secret@host/' })).toEqual(['100%secret']);
});
