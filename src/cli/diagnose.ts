import type { Config } from '../config/config.ts';
import { reportJson } from '../offline/report-json.ts';
import { reportText } from '../offline/report-text.ts';
import { writeReport } from '../offline/report.ts';
import { studyFiles } from '../offline/study.ts';
import { print } from '../platform/system.ts';
import { complainOf, readingDoors } from './reading.ts';

export interface DiagnoseOptions {
  readonly language: Config['language'];
  readonly json: boolean;
}

/** Prints what happened to each tunnel according to files; nothing is polled. */
export async function diagnose(
  paths: readonly string[],
  config: Config,
  { language, json }: DiagnoseOptions,
): Promise<void> {
  const { doors, finish } = readingDoors();
  const report = writeReport(await studyFiles(paths, config, doors), config, language);
  finish();
  const text = json
    ? JSON.stringify(reportJson(report))
    : reportText(report, language, config.logs.timeZone);
  print(text);
  complainOf(report.problems);
}
