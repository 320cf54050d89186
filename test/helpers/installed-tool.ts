import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const projectRoot = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Why a test that needs this program is skipped; false where it is installed. In CI it has to be. */
export function skipWithout(command: string): string | false {
  if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined) return false;
  return lacking(`${command} is not installed`);
}

/** The reason to skip a test where a host lacks what it needs; in CI that is a failure. */
export function lacking(reason: string): string {
  if (process.env['CI'] === undefined) return reason;
  throw new Error(`${reason}: in CI no test is skipped`);
}

/** Runs a program in the project's root; exit code, and everything that it printed. */
export function runTool(command: string, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}
