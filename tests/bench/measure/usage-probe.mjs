/** Loaded into a measured process with `--import`: writes what the process has used when it ends. */
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.BENCH_USAGE;
if (file !== undefined && isMainThread) {
  // Playwright's workers inherit the flags of the runner: only the runner is measured.
  delete process.env.BENCH_USAGE;
  process.on('exit', () => {
    const all = process.cpuUsage();
    const main = process.threadCpuUsage();
    const usage = {
      cpuMs: (all.user + all.system) / 1000,
      mainMs: (main.user + main.system) / 1000,
      wallMs: performance.now(),
      peakMb: process.resourceUsage().maxRSS / 1024,
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}
