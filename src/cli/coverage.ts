import type { Config } from '../config/config.ts';
import { coverageText } from '../offline/coverage-text.ts';
import { openInputs } from '../offline/open-inputs.ts';
import { LineShapes } from '../offline/line-shapes.ts';
import { print } from '../platform/system.ts';
import { complainOf, readingDoors } from './reading.ts';

/** Prints what share of logs is understood, and the shapes of the other lines. */
export async function coverage(paths: readonly string[], config: Config): Promise<void> {
  const { doors, finish } = readingDoors();
  const shapes = new LineShapes();
  const onUnknown = shapes.add.bind(shapes);
  const { logs, problems } = await openInputs(paths, config, { ...doors, onUnknown });
  for (const log of logs) await log.readAll();
  finish();
  print(coverageText(logs, shapes));
  complainOf([...problems, ...logs.flatMap((log) => log.problem ?? [])]);
}
