/** Longer than any value that a connection needs. */
const longestString = 4096;

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Steps through a text; every step goes on, so that no text takes longer than its length. */
export class ConfScanner {
  readonly text: string;
  at = 0;
  line = 1;

  constructor(text: string) {
    this.text = text;
  }

  get isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  /** The next character; empty at the end. */
  get next(): string {
    return this.text.charAt(this.at);
  }

  /** Takes what a sticky pattern matches here; undefined where it does not. It holds no newline. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) return undefined;
    this.at = pattern.lastIndex;
    return found;
  }

  newline(): void {
    this.at += 1;
    this.line += 1;
  }

  /** Goes to the end of the line, or of the text. */
  skipLine(): void {
    const end = this.text.indexOf('\n', this.at);
    this.at = end < 0 ? this.text.length : end;
  }

  /**
   * The quoted string that begins here, as libstrongswan reads it: it may go over lines. One that
   * never ends is undefined and the rest of its line is left out; it counts as never ended as well
   * where the next line looks like a statement (`isStatement`), or it is far too long.
   */
  string(isStatement: RegExp): string | undefined {
    const [start, line] = [this.at, this.line];
    this.at += 1;
    let value = '';
    for (;;) {
      value += this.take(/[^"\\\r\n]+/y) ?? '';
      const escaped = this.take(/\\(?!\r?\n)./y);
      if (escaped !== undefined) {
        value += escapes[escaped.charAt(1)] ?? escaped.charAt(1);
        continue;
      }
      if (this.take(/"/y) !== undefined) return value;
      // Lines that end in a backslash are joined.
      const isJoined = this.take(/\\\r?(?=\n)/y) !== undefined;
      if (this.take(/\r/y) !== undefined) continue;
      const isTooLong = this.at - start > longestString;
      if (!isTooLong && this.next === '\n' && (isJoined || !this.#isBefore(isStatement))) {
        this.newline();
        if (!isJoined) value += '\n';
        continue;
      }
      [this.at, this.line] = [start, line];
      this.skipLine();
      return undefined;
    }
  }

  #isBefore(statement: RegExp): boolean {
    statement.lastIndex = this.at + 1;
    return statement.test(this.text);
  }

  /** The pattern behind `include`, quoted or with escapes; up to a blank, a comment or a brace. */
  includePattern(isStatement: RegExp): string | undefined {
    if (this.next === '"') return this.string(isStatement);
    let pattern = '';
    for (;;) {
      const plain = this.take(/[^"\\#}\s]+/y);
      const escaped = plain === undefined ? this.take(/\\["#} ]/y)?.slice(1) : undefined;
      const more = plain ?? escaped ?? this.take(/\\/y);
      if (more === undefined) return pattern;
      pattern += more;
    }
  }
}
