// Reads the config file of a run. A fault names its place; nothing of the file is written to disk.
import { readFileSync } from 'node:fs';
import { checkWith, configFileSchema, type ConfigFile } from '../../src-shared/contract/index.ts';
import { err, ok, type Result } from '../base/result.ts';

export function loadConfigFile(file: string | undefined): Result<ConfigFile, string> {
  if (file === undefined) return check({}, 'defaults');
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return err(`cannot read the config file: ${(error as Error).message}`);
  }
  try {
    return check(JSON.parse(text), file);
  } catch (error) {
    return err(`${file} is not JSON: ${(error as Error).message}`);
  }
}

function check(value: unknown, file: string): Result<ConfigFile, string> {
  const checked = checkWith(configFileSchema, value);
  return checked.ok ? ok(checked.value) : err(`${file}: ${checked.message}`);
}
