// `nightjar doctor`: what works on this machine, and what does not, in plain words.
import { mkdtempSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPhone, type Phone, type SelfTestCheck } from '../app/index.ts';
import { lineSink, Logger } from '../base/logger.ts';
import type { DoctorOptions } from './command-line.ts';
import { EXIT, reportFailure, type Console } from './console.ts';

const REGISTER_LIMIT_MS = 5000;

export async function runDoctor(options: DoctorOptions, console: Console): Promise<number> {
  const logger = new Logger(lineSink((line) => process.stderr.write(line), 'error'));
  let opened = await openPhone({ dataRoot: options.data, logger, needsTestLine: true });
  const borrowed = mkdtempSync(join(tmpdir(), 'nightjar-doctor-'));
  // The phone is running: the test is done beside it, in a folder of its own.
  if (!opened.ok && opened.error.code === 'busy')
    opened = await openPhone({ dataRoot: borrowed, logger, needsTestLine: true });
  if (!opened.ok) return reportFailure(console, options.isJson, opened.error);
  const { phone, close } = opened.value;
  const checks = [checkNetwork(), ...(await phone.runSelfTest()), ...(await checkAccounts(phone))];
  await close();
  rmSync(borrowed, { recursive: true, force: true });
  const isOk = checks.every((check) => check.isOk);
  if (options.isJson)
    console.out(JSON.stringify({ ok: isOk, checks: checks.map(({ isOk: ok, ...check }) => ({ ...check, ok })) }));
  else for (const check of checks) console.out(toLine(check));
  return isOk ? EXIT.done : EXIT.failed;
}

function toLine({ name, isOk, detail, figures }: SelfTestCheck): string {
  const numbers = figures
    ? `  (${Object.entries(figures)
        .map(([key, value]) => `${key} ${value}`)
        .join(', ')})`
    : '';
  return `${isOk ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${detail}${numbers}`;
}

function checkNetwork(): SelfTestCheck {
  const addresses = Object.values(networkInterfaces()).flat();
  const outside = addresses.filter((address) => address && !address.internal).map((address) => address?.address);
  const detail =
    outside.length > 0
      ? `This machine is ${outside.join(', ')}.`
      : 'No network but this machine itself: only local calls work.';
  return { name: 'network', isOk: addresses.length > 0, detail };
}

/** Each account of the user's; a phone without one is on the test line, which is as it should be. */
async function checkAccounts(phone: Phone): Promise<readonly SelfTestCheck[]> {
  const accounts = () => phone.getView().accounts.filter(({ isTestLine }) => !isTestLine);
  if (accounts().length === 0)
    return [{ name: 'account', isOk: true, detail: 'No account yet: the phone is on its test line.' }];
  const untilMs = performance.now() + REGISTER_LIMIT_MS;
  while (accounts().some(({ registration }) => registration === 'registering') && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return accounts().map(({ address, registration, reason, statusCode, settings }) => ({
    name: 'account',
    isOk: registration === 'registered' || !settings.register,
    detail: `${address}: ${registration}${reason === undefined ? '' : ` (${statusCode ?? ''} ${reason})`}`,
  }));
}
