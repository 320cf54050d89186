/** One mistake in the configuration, for the person who made it. */
export interface ConfigProblem {
  /** Dotted, with indices: `groups.0.members`; a flag as it is: `--listen`. Empty: all of the file. */
  readonly path: string;
  /** Line of the file, counted from 1; undefined when the key is absent or from the command line. */
  readonly line: number | undefined;
  readonly message: string;
}

/** Every problem of a configuration at once, in the order of the file. The process ends with status 78 (EX_CONFIG). */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly ConfigProblem[];

  constructor(file: string, problems: readonly ConfigProblem[]) {
    const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
    const lines = sorted.map(({ path, line, message }) => {
      if (path.startsWith('--')) return `${path}: ${message}`;
      const where = line === undefined ? file : `${file}:${line}`;
      return `${where}: ${path === '' ? '' : `${path}: `}${message}`;
    });
    super(lines.join('\n'));
    this.problems = sorted;
  }
}
