import { appendFileSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** The door to files of our own, in the state directory. Every method throws the system's errors. */
export interface Scratch {
  /** And its parents; private to the user who runs the daemon. */
  makeDirectory(path: string): void;
  /** Adds bytes, one character each, to a file that comes into being where there is none. */
  append(path: string, bytes: string): void;
  /** Writes the whole of a small file: all of it or nothing. */
  replace(path: string, text: string): void;
  rename(from: string, to: string): void;
  /** Removes a file, if there is one. */
  remove(path: string): void;
}

export const systemScratch: Scratch = {
  makeDirectory: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  append: (path, bytes) => appendFileSync(path, bytes, { encoding: 'latin1', mode: 0o600 }),
  replace(path, text) {
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  },
  rename: (from, to) => renameSync(from, to),
  remove: (path) => rmSync(path, { force: true }),
};
