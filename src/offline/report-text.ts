import type { Language } from '../diagnosis/advice.ts';
import { type Evidence, evidenceText } from '../events/evidence.ts';
import { localTime } from '../platform/clock.ts';
import type { Problem } from './inputs.ts';
import type { HostChange, Recent } from './replay.ts';
import type {
  Coverage,
  Report,
  ReportedDiagnosis,
  ReportedFinding,
  ReportedGroup,
  ReportedLog,
  ReportedPeer,
  ReportedSwitch,
  ReportedTransition,
  ReportedTunnel,
} from './report.ts';
import { en } from './words/en.ts';
import { ja } from './words/ja.ts';
import type { Words } from './words/words.ts';

const languages: Readonly<Record<Language, Words>> = { en, ja };

/** So many changes of one tunnel are worth a reader's time, the last ones. */
const mostShown = 20;

/** The report as a person reads it; `zone`, an IANA name, is the one of its times. */
export function reportText(report: Report, language: Language, zone: string): string {
  const writer = new Writer(languages[language], (at) => localTime(at, zone));
  return [
    ...writer.heading(report, zone),
    ...writer.sources(report),
    ...writer.problems(report.problems),
    ...writer.host(report.host),
    ...report.groups.flatMap((group) => writer.group(group)),
    ...report.tunnels.flatMap((tunnel) => writer.tunnel(tunnel)),
    ...(report.tunnels.length === 0 ? ['', writer.words.noTunnels] : []),
    ...writer.peers(report.peers),
    ...writer.findings(report.findings),
  ].join('\n');
}

class Writer {
  readonly words: Words;
  readonly #time: (at: number) => string;

  constructor(words: Words, time: (at: number) => string) {
    this.words = words;
    this.#time = time;
  }

  heading({ logs }: Report, zone: string): readonly string[] {
    const from = Math.min(...logs.flatMap((log) => log.from ?? []));
    const until = Math.max(...logs.flatMap((log) => log.until ?? []));
    const { title, span, nothingDated } = this.words;
    const time = this.#time;
    return [title, from <= until ? span(time(from), time(until), zone) : nothingDated];
  }

  sources({ logs, outputs, coverage }: Report): readonly string[] {
    const { words } = this;
    const byStart = logs.toSorted((a, b) => (a.from ?? 0) - (b.from ?? 0));
    if (logs.length + outputs.length === 0) return [];
    return [
      '',
      words.read,
      ...byStart.map((log) => this.#log(log)),
      ...outputs.map(
        ({ name, kind, at }) =>
          `  ${name}: ${words.outputs[kind]}, ${words.takenAt(this.#time(at))}`,
      ),
      ...(logs.length < 2
        ? []
        : [
            `  ${words.allLines(amount(coverage.lines), share(coverage), amount(coverage.unknown))}`,
          ]),
    ];
  }

  #log(log: ReportedLog): string {
    const { name, lines, from, until } = log;
    const span =
      from === undefined || until === undefined
        ? ''
        : `${this.#time(from)} – ${this.#time(until)}, `;
    return `  ${name}: ${span}${this.words.lines(amount(lines), share(log))}`;
  }

  problems(problems: readonly Problem[]): readonly string[] {
    const skipped = problems.filter(({ isSkipped }) => isSkipped).length;
    const serious = problems.filter(({ isSkipped }) => !isSkipped);
    return [
      ...(skipped === 0 ? [] : [`  ${this.words.passedOver(skipped)}`]),
      ...(serious.length === 0 ? [] : ['', this.words.notRead]),
      ...serious.map(({ name, detail }) => `  ${name} ${detail}`),
    ];
  }

  host(changes: Recent<HostChange>): readonly string[] {
    if (changes.items.length === 0) return [];
    return ['', this.words.host, ...this.#changes(changes, (change) => this.#hostChange(change))];
  }

  #hostChange(change: HostChange): readonly string[] {
    const { words } = this;
    const what =
      change.kind === 'interface'
        ? words.interfaceIs(change.interface, change.up)
        : change.kind === 'gateway'
          ? words.gatewayIs(change.gateway, change.up)
          : words.daemonIs(change.up);
    return [`${this.#time(change.at)}  ${what}`, ...quoted(change.evidence)];
  }

  group({ name, state, since, active, transitions }: ReportedGroup): readonly string[] {
    const { words } = this;
    return [
      '',
      `${words.group} ${name}: ${words.groupStates[state]}, ${this.#serving(active)}, ` +
        words.since(this.#time(since)),
      ...this.#changes(transitions, (change) => [this.#switch(change)]),
    ];
  }

  #serving(active: string | undefined): string {
    return active === undefined ? this.words.nobodyServes : this.words.serves(active);
  }

  #switch({ at, from, to, active, switched, reason, outageSeconds }: ReportedSwitch): string {
    const { groupStates, switched: names, causes, outage } = this.words;
    const why = reason === undefined ? '' : ` (${causes[reason]})`;
    return [
      `${this.#time(at)}  ${groupStates[from]} -> ${groupStates[to]}`,
      this.#serving(active),
      ...(switched === undefined ? [] : [`${names[switched]}${why}`]),
      ...(outageSeconds === undefined ? [] : [outage(outageSeconds)]),
    ].join(', ');
  }

  tunnel({ name, state, since, transitions, diagnoses }: ReportedTunnel): readonly string[] {
    const { words } = this;
    return [
      '',
      `${words.tunnel} ${name}: ${words.states[state]}, ${words.since(this.#time(since))}`,
      ...this.#changes(transitions, (change) => this.#transition(change)),
      ...this.#diagnoses(diagnoses),
    ];
  }

  peers(peers: readonly ReportedPeer[]): readonly string[] {
    if (peers.length === 0) return [];
    return [
      '',
      this.words.peers,
      ...peers.flatMap(({ address, diagnoses }) => [`  ${address}`, ...this.#diagnoses(diagnoses)]),
    ];
  }

  findings(findings: readonly ReportedFinding[]): readonly string[] {
    if (findings.length === 0) return [];
    return [
      '',
      this.words.findings,
      ...findings.flatMap(({ code, severity, subjects, detail, problem, remedy }) => [
        `  ${this.words.severity[severity]} (${code}): ${subjects.join(', ')}`,
        ...[problem, evidenceText(detail), remedy].map((line) => `    ${line}`),
      ]),
    ];
  }

  #diagnoses(diagnoses: readonly ReportedDiagnosis[]): readonly string[] {
    const now = diagnoses.filter(({ until }) => until === undefined);
    const before = diagnoses.filter(({ until }) => until !== undefined);
    return [
      ...(now.length === 0 ? [] : [`  ${this.words.now}`]),
      ...now.flatMap((diagnosis) => this.#diagnosis(diagnosis)),
      ...(before.length === 0 ? [] : [`  ${this.words.before}`]),
      ...before.flatMap((diagnosis) => this.#diagnosis(diagnosis)),
    ];
  }

  #diagnosis(diagnosis: ReportedDiagnosis): readonly string[] {
    const { code, confidence, from, until, evidence, cause, check, remedies } = diagnosis;
    const { words } = this;
    const end = until === undefined ? '' : `, ${words.until(this.#time(until))}`;
    return [
      `    ${cause}`,
      `      ${words.confidence[confidence]} (${code}), ${words.since(this.#time(from))}${end}`,
      ...evidence.flatMap((piece) => quoted(piece).map((line) => `    ${line}`)),
      // What was wrong and is right again needs no remedy.
      ...(until === undefined ? advised(words, check, remedies) : []),
    ];
  }

  #transition({ at, from, to, cause, evidence }: ReportedTransition): readonly string[] {
    const { states, causes } = this.words;
    return [
      `${this.#time(at)}  ${states[from]} -> ${states[to]}: ${causes[cause]}`,
      ...quoted(evidence),
    ];
  }

  /** The last changes, indented. */
  #changes<T>({ items, dropped }: Recent<T>, write: (item: T) => readonly string[]) {
    const earlier = dropped + Math.max(0, items.length - mostShown);
    return [
      ...(earlier === 0 ? [] : [this.words.earlier(amount(earlier))]),
      ...items.slice(-mostShown).flatMap(write),
    ].map((line) => `  ${line}`);
  }
}

function advised(
  words: Words,
  check: string | undefined,
  remedies: readonly string[],
): readonly string[] {
  return [
    ...(check === undefined ? [] : [`      ${words.check}: ${check}`]),
    `      ${words.whatToDo}`,
    ...remedies.map((remedy, index) => `        ${index + 1}. ${remedy}`),
  ];
}

/** `/log/charon.log:123: the line` */
function quoted(evidence: Evidence | undefined): readonly string[] {
  if (evidence === undefined) return [];
  const { source, line, text } = evidence;
  return [`    ${source}${line === undefined ? '' : `:${line}`}: ${text}`];
}

export function amount(count: number): string {
  return count.toLocaleString('en');
}

/** Rounded down: only what is understood to the last line is understood to 100 %. */
export function share({ matched, ignored, unknown }: Omit<Coverage, 'lines'>): string {
  const lines = matched + ignored + unknown;
  const permille = lines === 0 ? 1000 : Math.floor((1000 * (matched + ignored)) / lines);
  return `${(permille / 10).toFixed(1)} %`;
}
