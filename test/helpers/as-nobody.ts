import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';

const nobody = 65_534;

/** Runs something as the user who started the tests. */
type AsStarter = (work: () => void) => void;

/**
 * Where the tests run as root, whom no mode keeps out: does the work as nobody. The directory of
 * `path` stays accessible.
 */
export async function asNobody(
  path: string,
  work: (asStarter: AsStarter) => Promise<void>,
): Promise<void> {
  chmodSync(dirname(path), 0o755);
  if (process.getuid?.() !== 0) {
    await work((inner) => inner());
    return;
  }
  process.seteuid!(nobody);
  try {
    await work((inner) => {
      process.seteuid!(0);
      try {
        inner();
      } finally {
        process.seteuid!(nobody);
      }
    });
  } finally {
    process.seteuid!(0);
  }
}
