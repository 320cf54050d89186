import { findingText } from '../diagnosis/advice.ts';
import type { Language } from '../diagnosis/advice.ts';
import type { Finding } from '../diagnosis/finding.ts';
import { findingsOf } from '../diagnosis/findings.ts';
import type { Config } from '../config/config.ts';
import { Engine } from '../engine/engine.ts';
import { withImported } from '../engine/imported.ts';
import type { InventoryFile } from '../events/inventory.ts';
import { print } from '../platform/system.ts';
import { engineConfig } from '../app.ts';

export interface AuditOptions {
  readonly language: Language;
  readonly json: boolean;
}

/** Prints what is wrong with an inventory; returns whether any of it is an error. */
export function runAudit(
  config: Config,
  files: readonly InventoryFile[],
  { language, json }: AuditOptions,
): boolean {
  const known = withImported(engineConfig(config), files);
  const nothing = { tunnels: [], groups: [], host: undefined, loaded: undefined };
  const engine = new Engine(known, nothing, 0);
  engine.configure(known, 0);
  const findings = findingsOf(engine, files);
  const worded = findings.map((finding) => ({
    ...finding,
    ...findingText(finding.code, language),
  }));
  const problems = files.flatMap((file) => file.problems);
  if (json) print(JSON.stringify({ findings: worded, problems }));
  else print(textOf(worded, problems, engine.tunnels.size));
  return findings.some(({ severity }) => severity === 'error');
}

type Worded = Finding & ReturnType<typeof findingText>;

function textOf(findings: readonly Worded[], problems: readonly string[], tunnels: number): string {
  const blocks = findings.map(({ code, severity, subjects, detail, problem, remedy }) =>
    [`${severity} ${code}: ${subjects.join(', ')}`, problem, detail, remedy].join('\n  '),
  );
  const count = `${findings.length} finding${findings.length === 1 ? '' : 's'}, ${tunnels} tunnels`;
  return [...blocks, ...problems.map((one) => `not taken over: ${one}`), count].join('\n');
}
