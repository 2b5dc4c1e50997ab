import base from './playwright.config.ts';
const v = process.env['TR'] ?? '';
const lo = (base as any).use.launchOptions;
const args = v.includes('nogpu') ? [...lo.args, '--disable-gpu'] : lo.args;
export default { ...base, reporter: [['line']], use: { ...base.use, launchOptions: { ...lo, args }, trace: v.includes('notrace') ? 'off' : v.includes('noshots') ? { mode: 'retain-on-failure', screenshots: false, snapshots: true } : 'retain-on-failure' } } as any;
