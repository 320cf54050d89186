import type { Config } from '../config/config.ts';
import type { InventoryFile } from '../events/inventory.ts';
import type { PieceAnswer, PieceQuestion } from '../offline/piece-parser.ts';
import { reportJson } from '../offline/report-json.ts';
import { reportText } from '../offline/report-text.ts';
import { writeReport } from '../offline/report.ts';
import { studyFiles } from '../offline/study.ts';
import { print } from '../platform/system.ts';
import type { Thread } from '../platform/thread.ts';
import { complainOf, readingDoors } from './reading.ts';

export interface DiagnoseOptions {
  readonly language: Config['language'];
  readonly json: boolean;
  readonly inventory: readonly InventoryFile[];
  /** Parses long logs; ended with the report. */
  readonly thread: Thread<PieceQuestion, PieceAnswer> | undefined;
}

/** Prints what happened to each tunnel according to files; nothing is polled. */
export async function diagnose(
  paths: readonly string[],
  config: Config,
  { language, json, inventory, thread }: DiagnoseOptions,
): Promise<void> {
  const { doors, finish } = readingDoors();
  const parsing = thread === undefined ? {} : { parseBeside: thread.ask };
  const study = await studyFiles(paths, config, inventory, { ...doors, ...parsing });
  thread?.end();
  const report = writeReport(study, config, language);
  finish();
  const text = json
    ? JSON.stringify(reportJson(report))
    : reportText(report, language, config.logs.timeZone);
  print(text);
  complainOf(report.problems);
}
