import type { Logger } from '../../src/platform/logger.ts';

/** A logger that keeps what it is told, each entry as `level: text`. */
export interface CaptureLogger extends Logger {
  readonly lines: string[];
}

export function captureLogger(): CaptureLogger {
  const lines: string[] = [];
  const keep = (level: string) => (_fields: object, message: string) => {
    lines.push(`${level}: ${message}`);
  };
  return {
    lines,
    debug: keep('debug'),
    info: keep('info'),
    warn: keep('warn'),
    error: keep('error'),
  };
}
