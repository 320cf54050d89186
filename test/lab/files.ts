import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const fixtures = join(import.meta.dirname, '../fixtures/connection-files');

/** The connection files of a folder of fixtures, by where they are to be on the host. */
export function connectionFiles(folder: string, to: string): Readonly<Record<string, string>> {
  const root = join(fixtures, folder);
  const entries = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return Object.fromEntries(
    entries
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [join(to, path.slice(root.length)), readFileSync(path, 'utf8')];
      }),
  );
}
