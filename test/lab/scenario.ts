import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { lacking } from '../helpers/installed-tool.ts';
import { labMissing } from './available.ts';
import type { GuestOptions } from './guest.ts';
import { bootLab, type Lab } from './lab.ts';
import { utmostPatience } from './pace.ts';
import type { TopologyOptions } from './topology.ts';

interface ScenarioOptions extends GuestOptions, TopologyOptions {
  /** On a usual machine. */
  readonly timeoutMs?: number;
}

/**
 * A test with a lab of its own. Skipped with the reason where the lab cannot run, failed in CI. With LAB_OUT in the
 * environment, the console and what `collect` finds on each host stay in the folder LAB_OUT/NAME.
 */
export function scenario(
  name: string,
  body: (lab: Lab, t: TestContext) => Promise<void>,
  { timeoutMs = 180_000, ...options }: ScenarioOptions = {},
): void {
  const missing = labMissing();
  const skip = missing === undefined ? false : lacking(missing);
  const out = process.env['LAB_OUT'];
  test(name, { skip, timeout: utmostPatience(timeoutMs) }, async (t) => {
    const directory = out === undefined ? undefined : join(out, name.replaceAll(/\W+/g, '-'));
    if (directory !== undefined) await rm(directory, { recursive: true, force: true });
    await using lab = await bootLab({
      ...options,
      ...(directory === undefined ? {} : { directory }),
    });
    t.signal.addEventListener('abort', () => void lab.close());
    await body(lab, t);
  });
}
