import type { Logger } from '../platform/logger.ts';

/** The next file cannot be opened, or this one cannot be read. */
type Activity = 'opening' | 'reading';

/** What keeps a log from being followed: said once when it begins and once when it is over. */
export class FollowerProblems {
  readonly #path: string;
  readonly #logger: Logger;
  readonly #details = new Map<Activity, string>();

  constructor(path: string, logger: Logger) {
    this.#path = path;
    this.#logger = logger;
  }

  /** Why nothing is read; undefined while the file is followed. */
  get current(): string | undefined {
    return this.#details.get('reading') ?? this.#details.get('opening');
  }

  begin(activity: Activity, detail: string): void {
    if (detail !== this.#details.get(activity)) {
      this.warn(`not followed until that changes: ${detail}`);
    }
    this.#details.set(activity, detail);
  }

  end(activity: Activity): void {
    if (!this.#details.delete(activity)) return;
    this.#logger.info({ file: this.#path }, `following ${this.#path}`);
  }

  /** The file of the stored position is nowhere to be found. */
  goneFrom(offset: number): void {
    const text = `what had been read up to byte ${offset} is gone, and what came after it`;
    this.warn(`${this.#path}: ${text}; going on with what is there`);
  }

  /** Something that is no state: it has happened. */
  warn(text: string): void {
    this.#logger.warn({ file: this.#path }, text);
  }
}

/** What the system says; any other error is a mistake of ours, and is thrown. */
export function systemErrorText(error: unknown): string {
  if (error instanceof Error && 'syscall' in error) return error.message;
  throw error;
}
