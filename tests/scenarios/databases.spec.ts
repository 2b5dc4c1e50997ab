import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openDatabase, openTemplates, readFilling, type SqlDatabase } from '@quality-hub/clients/db';
import { runInline } from '@quality-hub/testkit';

test.describe.configure({ timeout: 300_000 });

const server = process.env['QH_POSTGRES_URL'] ?? '';
test.skip(server === '', 'needs QH_POSTGRES_URL');

const RUN_LIMIT_MS = 200_000;

interface Place {
  readonly url: string;
  readonly db: SqlDatabase;
}

/** A database with a table of stock. */
async function withShop(work: (place: Place) => Promise<void>): Promise<void> {
  const name = `qh_test_${randomBytes(6).toString('hex')}`;
  await using admin = openDatabase({ name: 'admin', kind: 'postgres', url: server });
  await admin.query(`CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  try {
    await using db = openDatabase({ name: 'shop', kind: 'postgres', url });
    await db.query("CREATE TABLE stock (sku text, count integer); INSERT INTO stock VALUES ('TEA', 3)");
    await work({ url, db });
  } finally {
    await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }
}

const config = (url: string, section: string): Record<string, string> => ({
  'quality-hub.config.ts': `
    import { defineHub } from '@quality-hub/test/config';
    export default defineHub({ databases: { shop: { kind: 'postgres', url: '${url}', ${section} } } });`,
});

test('workers write to one database at once, each test rolls back its own, and is told who else is there', async () => {
  await withShop(async ({ url, db }) => {
    const app = Object.assign(new URL(url), { search: '?application_name=the-shop' }).href;
    const spec = (file: string): string => `
      import { test, expect } from '@quality-hub/test';
      import { openDatabase } from '@quality-hub/clients/db';
      for (let n = 0; n < 5; n++) {
        test('${file} writes ' + n, async ({ db }) => {
          await db.shop.sql\`insert into stock values (\${'${file}' + n}, \${n})\`;
          await db.shop.transaction(async tx => void (await tx.sql\`delete from stock where sku = \${'TEA'}\`));
          expect(await db.shop.sql\`select sku from stock\`).toEqual([{ sku: '${file}' + n }]);
        });
      }
      // Open beyond the test's end, as an application is: others are looked for there.
      const shop = openDatabase({ name: 'app', kind: 'postgres', url: '${app}' });
      test.afterAll(() => shop.close());
      test('${file} beside the application', async ({ db }) => {
        await shop.query('select 1');
        await db.shop.query('select 1');
        // Others come and go slowly: they are looked for once in a second.
        await new Promise(resolve => setTimeout(resolve, 1_200));
        expect(test.info().annotations).toEqual([]);
      });`;
    const files = { ...config(url, "isolation: 'transaction'"), 'a.spec.ts': spec('a'), 'b.spec.ts': spec('b') };
    await using run = await runInline(files, { args: ['--workers=2'], timeoutMs: RUN_LIMIT_MS });
    const report = await run.report();
    expect(report.counts, run.output).toMatchObject({ passed: 12, failed: 0 });
    expect(await db.sql`select * from stock`).toEqual([{ sku: 'TEA', count: 3 }]);
    const told = run.events.flatMap(event => (event.kind === 'test.ended' ? [JSON.stringify(event)] : []));
    expect(told.filter(text => text.includes('qh:isolation')).join('\n')).toContain(
      'what they write is not undone, and they do not see what the test writes',
    );
    const evidence = run.events.flatMap(event => (event.kind === 'evidence' ? event.records : []));
    expect(evidence.map(({ evidence: one }) => one)).toContainEqual(
      expect.objectContaining({ kind: 'note', name: 'database.isolation' }),
    );
  });
});

test('each worker has its own copy; that of a killed worker is dropped by the next run', async () => {
  await withShop(async ({ url, db }) => {
    const copies = async (): Promise<readonly string[]> => {
      const rows = await db.sql<{
        name: string;
      }>`select datname as name from pg_database where starts_with(datname, 'qh_w_')`;
      return rows.map(({ name }) => name);
    };
    const files = {
      ...config(url, "isolation: 'template', template: { prepare: 'schema.sql', between: 'transaction' }"),
      'schema.sql': `create table stock (sku text, count integer); insert into stock values ('TEA', 3); -- ${url}`,
      'a.spec.ts': `
        import { test, expect } from '@quality-hub/test';
        test.describe.configure({ mode: 'parallel' });
        for (let n = 0; n < 4; n++) {
          test('sells ' + n, async ({ db, dbAddress }) => {
            console.log('copy ' + new URL(await dbAddress('shop')).pathname.slice(1) + ' end');
            await db.shop.sql\`update stock set count = count - 1\`;
            expect(await db.shop.sql\`select count from stock\`).toEqual([{ count: 2 }]);
          });
        }
        test('kills its worker', async ({ db }) => {
          test.skip(!process.env.KILLS);
          await db.shop.sql\`update stock set count = 0\`;
          process.kill(process.pid, 'SIGKILL');
        });`,
    };
    const before = await copies();
    // Nobody comes after it who could drop what it leaves.
    const kills = { args: ['--workers=1', '--grep=kills'], env: { KILLS: 'yes' }, timeoutMs: RUN_LIMIT_MS };
    await using killed = await runInline(files, kills);
    const left = (await copies()).filter(name => !before.includes(name));
    expect(left, killed.output).toHaveLength(1);
    await using next = await runInline(files, { args: ['--workers=2'], timeoutMs: RUN_LIMIT_MS });
    expect((await next.report()).counts, next.output).toMatchObject({ passed: 4, failed: 0 });
    const used = new Set([...next.output.matchAll(/copy (qh_w_\w+) end/g)].map(([, name]) => name));
    expect(used.size, next.output).toBe(2);
    expect((await copies()).filter(name => left.includes(name) || used.has(name))).toEqual([]);
    expect(await db.sql`select * from stock`).toEqual([{ sku: 'TEA', count: 3 }]);
    await dropTemplateOf(files['schema.sql']);
  });
});

test('a late statement ends on the server, its error shows the line, and what was written is undone', async () => {
  await withShop(async ({ url, db }) => {
    const files = {
      ...config(url, "isolation: 'transaction'"),
      'a.spec.ts': `import { test } from '@quality-hub/test';
test('is late', async ({ db }) => {
  await db.shop.sql\`update stock set count = \${0}\`;
  const { with: limited } = db.shop.sql;
  await limited({ timeoutMs: 500 })\`select pg_sleep(\${100}) from stock where sku = \${'TEA'}\`;
});
test('has no time', async ({ db }) => {
  test.setTimeout(5_000);
  await db.shop.sql\`update stock set count = \${0}\`;
  await db.shop.sql\`select pg_sleep(\${100}) from stock where sku = \${'TEA'}\`;
});`,
    };
    await using run = await runInline(files, { args: ['--workers=1'], timeoutMs: RUN_LIMIT_MS });
    const report = await run.report();
    expect(report.counts, run.output).toMatchObject({ failed: 2 });
    const [late, noTime] = run.events.flatMap(event => (event.kind === 'test.ended' ? [event] : []));
    expect(late?.errors[0]?.message).toContain('"shop" did not answer to select stock within');
    // Playwright's code frame: the line of the test, not one of ours.
    expect(late?.errors[0]?.snippet).toMatch(/> 5 \|.*pg_sleep/);
    // A machine that is busy may be slower than the margin, and Playwright ends the test; never the 30 s of a statement.
    expect(noTime?.errors[0]?.message).toMatch(/did not answer to select stock within [345]\d{3} ms|Test timeout/);
    const running = await db.sql`select 1 from pg_stat_activity where datname = current_database()
      and query like ${'%pg_sleep%'} and state = 'active' and pid <> pg_backend_pid()`;
    expect(running).toEqual([]);
    expect(await db.sql`select count from stock`).toEqual([{ count: 3 }]);
  });
});

/** What the run leaves on purpose, for the next one. */
async function dropTemplateOf(sql: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'qh-scenario-'));
  writeFileSync(join(folder, 'schema.sql'), sql);
  const { key, fill } = await readFilling('schema.sql', folder);
  rmSync(folder, { recursive: true, force: true });
  await using templates = openTemplates({ kind: 'postgres', url: server, key: key ?? '', runId: 'run', prepare: fill });
  await templates.dropTemplate();
}
