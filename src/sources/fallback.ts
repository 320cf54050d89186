import type { Poller } from './poller.ts';
import type { SourceStatus } from './source.ts';

interface SaPollers {
  /** charon over VICI. */
  readonly socket: Poller | undefined;
  /** charon by a command. */
  readonly charon: Poller | undefined;
  readonly kernel: Poller | undefined;
}

/**
 * The sources of SAs, best first. While VICI answers nothing else is asked, as it has the kernel's
 * counters as well; the moment it does not, the commands take over, until it answers again.
 */
export class Fallback {
  readonly #pollers: SaPollers;

  constructor(pollers: SaPollers) {
    this.#pollers = pollers;
  }

  get status(): readonly SourceStatus[] {
    const { socket, charon, kernel } = this.#pollers;
    const serving = this.#serving;
    return [socket, charon, kernel]
      .filter((poller) => poller !== undefined)
      .map((poller) => {
        const { status } = poller;
        const standby = status.standby && socket?.answers === true;
        return { ...status, standby, serving: poller === serving };
      });
  }

  start(): void {
    const { socket, charon, kernel } = this.#pollers;
    if (socket) {
      charon?.rest();
      kernel?.rest();
    }
    for (const poller of [charon, kernel, socket]) poller?.start();
  }

  stop(): void {
    for (const poller of Object.values(this.#pollers)) poller?.stop();
  }

  /** VICI has been asked: whether it answered. */
  settle(ok: boolean): void {
    for (const poller of [this.#pollers.charon, this.#pollers.kernel]) {
      if (ok) poller?.rest();
      else poller?.resume();
    }
  }

  /** Something is known to have changed. */
  poke(): void {
    this.#pollers.socket?.poke();
  }

  /** An SA is about to go: its counters are wanted before. */
  pokeCounters(): void {
    const { socket, kernel } = this.#pollers;
    if (socket?.answers === true) socket.poke();
    else kernel?.poke();
  }

  get #serving(): Poller | undefined {
    const { socket, charon, kernel } = this.#pollers;
    const ofCharon = [socket, charon].find((poller) => poller?.answers && !poller.status.standby);
    if (ofCharon !== undefined) return ofCharon;
    // The kernel speaks for charon only once nobody else can.
    const isAlone = socket?.status.up !== true && charon?.status.up !== true;
    return isAlone && kernel?.answers === true ? kernel : undefined;
  }
}
