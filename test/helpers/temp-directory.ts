import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** A directory of its own for one test, gone when the test is over. */
export function tempDirectory(context: Pick<TestContext, 'after'>): string {
  const directory = mkdtempSync(join(tmpdir(), 'tunnelwarden-'));
  context.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
