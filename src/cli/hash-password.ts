import { hashPassword } from '../outputs/password.ts';
import { print, readInput } from '../platform/system.ts';
import { UsageError } from './usage.ts';

/** Prints the hash of the password on standard input, for `http.users[].password`. */
export async function printPasswordHash(): Promise<void> {
  const password = readInput().replace(/\r?\n$/, '');
  if (password === '')
    throw new UsageError('hash-password: there is no password on standard input');
  print(await hashPassword(password));
}
