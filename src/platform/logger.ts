import { pino } from 'pino';

/** What the parts say about themselves. The first argument of pino's form: fields, then text. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface LoggerOptions {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  /** One short line an entry for a person at a terminal, JSON for everybody else. */
  readonly readable: boolean;
}

interface Entry {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
}

/** pino's numbers for its levels. */
const levelNames: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
};

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && 'level' in value && 'msg' in value;
}

/** JSON entry → `11:50:32 info  text`. */
function readableLine(json: string): string {
  const entry: unknown = JSON.parse(json);
  if (!isEntry(entry)) return json;
  const time = new Date(entry.time).toTimeString().slice(0, 8);
  return `${time} ${(levelNames[entry.level] ?? '').padEnd(5)} ${entry.msg}\n`;
}

export function createLogger({ level, readable }: LoggerOptions): Logger {
  const base = { base: null, level };
  if (!readable) return pino({ ...base, timestamp: pino.stdTimeFunctions.isoTime });
  return pino(base, { write: (line: string) => process.stdout.write(readableLine(line)) });
}
