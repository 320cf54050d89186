import { spawnSync } from 'node:child_process';
import { lacking } from './installed-tool.ts';

/** Users and mounts of its own for the command that follows. */
export const inNamespace = ['unshare', '-Ur', '--mount'] as const;

/** Why a test that needs them is skipped: containers may forbid them, or what the script does in there. */
export function skipWithoutNamespace(script = 'mount -t tmpfs none /mnt'): string | false {
  const [program, ...words] = inNamespace;
  const { status } = spawnSync(program, [...words, 'sh', '-c', script]);
  return status === 0
    ? false
    : lacking(`namespaces of one's own, or \`${script}\`, are not allowed here`);
}
