// A network of its own for programs that overlook 127.0.0.1, with one address and nothing behind it; needs root and veth.
import { findProgram } from './requirements.ts';
import { runProgram } from './line-process.ts';

export interface NetworkNamespace {
  readonly name: string;
  readonly address: string;
  remove(): Promise<void>;
}

/** Undefined where this machine does not let us make one. */
export async function createNamespace(address: string): Promise<NetworkNamespace | undefined> {
  const ip = findProgram('ip');
  if (ip === undefined) return undefined;
  const name = `nightjar-${process.pid}`;
  const run = async (...args: readonly string[]): Promise<boolean> => (await runProgram(ip, args)).code === 0;
  const remove = async (): Promise<void> => {
    await run('netns', 'del', name);
  };
  if (!(await run('netns', 'add', name))) return undefined;
  const steps = [
    ['link', 'set', 'lo', 'up'],
    ['link', 'add', 'here', 'type', 'veth', 'peer', 'name', 'there'],
    ['addr', 'add', `${address}/24`, 'dev', 'here'],
    ['link', 'set', 'here', 'up'],
    // Some phones ask the way to the world for their own address.
    ['route', 'add', 'default', 'via', address.replace(/\d+$/, '254')],
    ['link', 'set', 'there', 'up'],
  ];
  for (const step of steps) {
    if (await run('-n', name, ...step)) continue;
    await remove();
    return undefined;
  }
  return { name, address, remove };
}

/** The command that runs a program in the namespace, or here. */
export const commandIn = (namespace: string | undefined, program: string, args: readonly string[]) =>
  namespace === undefined
    ? ([program, args] as const)
    : ([findProgram('ip') ?? 'ip', ['netns', 'exec', namespace, program, ...args]] as const);
