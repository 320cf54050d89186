/**
 * Finds the tunnel that a name in a log or listing belongs to. Names compare without case; a
 * final `-N` is stripped only where that yields a known tunnel (SFOS calls the subnet pairs of
 * connection `X` `X-1` … `X-N`; elsewhere a name may well end in a number).
 */
export class TunnelNames {
  readonly #tunnels = new Map<string, string>();

  /** Later names do not replace earlier ones: the first tunnel to claim a name keeps it. */
  add(tunnel: string, aliases: readonly string[]): void {
    for (const name of [tunnel, ...aliases]) {
      const key = name.toLowerCase();
      if (!this.#tunnels.has(key)) this.#tunnels.set(key, tunnel);
    }
  }

  find(name: string): string | undefined {
    const key = name.toLowerCase();
    return this.#tunnels.get(key) ?? this.#tunnels.get(key.replace(/-\d{1,6}$/, ''));
  }

  /** A child's own name decides before that of the connection that it was found under. */
  findChild(child: string, connection: string | undefined): string | undefined {
    return this.find(child) ?? (connection === undefined ? undefined : this.find(connection));
  }
}
