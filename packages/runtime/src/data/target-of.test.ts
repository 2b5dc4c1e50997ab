import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { QualityHubConfig } from '../sections.ts';
import { targetOf } from './target-of.ts';

test('addresses are told without what is secret in them', () => {
  const config = {
    clients: {
      default: { baseURL: 'https://user:hush@shop.example/api/?key=hush' },
      stock: { baseURL: new URL('http://127.0.0.1:4001') },
      hidden: { baseURL: { secret: 'stockUrl' } },
      relative: {},
    },
    databases: {
      orders: { kind: 'postgres', url: 'postgres://user:hush@db.example:5432/orders?sslmode=require' },
      kept: { kind: 'sqlite', url: 'data/kept.db' },
      memory: { kind: 'sqlite', url: ':memory:' },
      asked: { kind: 'mysql', url: async () => 'mysql://u:hush@db/x', server: 'db.example:3306' },
    },
  } as unknown as QualityHubConfig;
  expect(targetOf(config, { environment: 'staging', api: 'overridden' }, '/suite')).toEqual({
    environment: 'staging',
    api: 'https://shop.example/api',
    stock: 'http://127.0.0.1:4001',
    orders: 'db.example:5432/orders',
    kept: join('/suite', 'data/kept.db'),
    asked: 'db.example:3306',
  });
});
