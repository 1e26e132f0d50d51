import { startDaemon, removeFolders } from '../test/support/daemon.ts';
import { endAllProcesses } from '../test/support/line-process.ts';
import { freePort } from '../test/support/lab.ts';
import { placeCalls } from './support/load-caller.ts';
import { readFileSync, readdirSync } from 'node:fs';
import { execSync } from 'node:child_process';
const cpu = (pid: number) => {
  const f = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(f[11]) + Number(f[12])) * 10;
};
const threads = (pid: number) =>
  readdirSync(`/proc/${pid}/task`)
    .map((t) => {
      const s = readFileSync(`/proc/${pid}/task/${t}/stat`, 'utf8');
      const f = s.split(') ')[1].split(' ');
      return `${s.split(') ')[0].split('(')[1]}:${(Number(f[11]) + Number(f[12])) * 10}`;
    })
    .join(' ');
export async function run() {
  const port = await freePort();
  const d = await startDaemon({
    audio: 'null',
    config: {
      accounts: [{ id: 'bob', address: 'sip:bob@127.0.0.1', register: false, codecs: ['PCMU'] }],
      sip: { listen: [{ transport: 'udp', address: '127.0.0.1', port }] },
      calls: { maxCalls: 1000 },
      away: { enabled: true, answerAfterSec: 0 },
    },
  });
  const pid = (d as any).pid ?? (d as any).process?.pid;
  const kids = execSync(`pgrep -P ${pid}`).toString().trim().split('\n').map(Number);
  (await placeCalls({ targetPort: port, callsPerSecond: 50, calls: 100, holdMs: 1000 })).close();
  const out: any[] = [];
  for (let r = 0; r < 4; r++) {
    const b = [cpu(pid), ...kids.map(cpu)];
    const res = await placeCalls({ targetPort: port, callsPerSecond: 50, calls: 300, holdMs: 1000 });
    res.close();
    const a = [cpu(pid), ...kids.map(cpu)];
    const s = [...res.answerMs].sort((x, y) => x - y);
    const at = (q: number) => +s[Math.floor((s.length - 1) * q)].toFixed(1);
    out.push({
      p50: at(0.5),
      p90: at(0.9),
      p99: at(0.99),
      max: at(1),
      cpuMsPerCall: a.map((x, i) => +((x - b[i]) / 300).toFixed(2)),
    });
    console.error(JSON.stringify(out.at(-1)));
  }
  console.error(threads(pid));
  console.error(threads(kids[0]));
  await endAllProcesses();
  removeFolders();
  return { unit: '', ours: 1, peers: {}, out };
}
