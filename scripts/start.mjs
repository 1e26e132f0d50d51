// `npm start`: installs and builds what is missing, then opens the app.
import { spawn, spawnSync } from 'node:child_process';
import { ensureInstalled, ROOT } from './ensure-installed.mjs';

ensureInstalled();
const built = spawnSync(process.execPath, ['scripts/build.mjs', '--if-needed'], { cwd: ROOT, stdio: 'inherit' });
if (built.status !== 0) process.exit(built.status ?? 1);
const app = spawn(process.execPath, ['bin/nightjar.mjs', 'start', ...process.argv.slice(2)], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill(signal));
app.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
