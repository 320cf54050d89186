import type { InventoryTunnel } from '../../events/inventory.ts';

/** One statement of `ipsec.conf` or `swanctl.conf`, and the line that it begins in. */
export type ConfStatement = { readonly line: number } & (
  | { readonly kind: 'section'; readonly type: 'setup' | 'conn' | 'ca'; readonly name: string }
  | { readonly kind: 'open'; readonly name: string; readonly bases: readonly string[] }
  | { readonly kind: 'close' }
  /** Undefined: there is nothing behind the `=`. */
  | { readonly kind: 'setting'; readonly key: string; readonly value: string | undefined }
  | { readonly kind: 'include'; readonly pattern: string }
  | { readonly kind: 'problem'; readonly message: string }
);

/** Where something is said. */
export interface ConfPlace {
  readonly file: string;
  readonly line: number;
}

/** What a file and all that it includes say; nothing is ever thrown for what they hold. */
export interface ConfReader {
  /** A statement, those of an included file in the place of its `include`. */
  take(statement: ConfStatement, file: string): void;
  /** Something is wrong that only the caller sees, such as a file that cannot be read. */
  complain(place: ConfPlace | undefined, message: string): void;
  /** The tunnels, once everything has been taken; lazily, so that others may have a turn. */
  tunnels(): Iterable<InventoryTunnel>;
  /** Sentences with file and line, a bounded number of them; complete after `tunnels`. */
  problems(): readonly string[];
  unused(): Readonly<Record<string, number>>;
}

/** One of the two formats. */
export interface ConfGrammar {
  statements(text: string): Iterable<ConfStatement>;
  createReader(options: ConfOptions): ConfReader;
}

export interface ConfOptions {
  /** The addresses of this host: they tell which end of a connection is the local one. */
  readonly ownAddresses: ReadonlySet<string>;
}
