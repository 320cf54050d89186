import type { Config } from './config/config.ts';
import type { TunnelEvent } from './events/tunnel-event.ts';
import type { LogPosition } from './events/log-position.ts';
import { matchersWith } from './parsers/user-patterns.ts';
import type { Clock } from './platform/clock.ts';
import type { Exec, StreamLines } from './platform/exec.ts';
import type { Files } from './platform/files.ts';
import type { Scratch } from './platform/scratch.ts';
import type { ConnectSocket } from './platform/unix-socket.ts';
import type { Logger } from './platform/logger.ts';
import { InterfaceMonitor } from './sources/interface-monitor.ts';
import { LogSource } from './sources/log-source.ts';
import type { LogStatus } from './sources/log-source.ts';
import {
  lookAtCharon,
  lookAtInterfaces,
  lookAtKernel,
  lookAtPolicies,
  lookAtXfrmErrors,
  readOver,
} from './sources/looks.ts';
import type { LookAt } from './sources/looks.ts';
import { Poller } from './sources/poller.ts';
import type { PollerDependencies } from './sources/poller.ts';
import { createReach, createRemoteExec } from './sources/remote/prefix.ts';
import { HeldLooks } from './sources/remote/held-looks.ts';
import { ReadMarks } from './sources/remote/read-marks.ts';
import { RemoteLog } from './sources/remote/remote-log.ts';
import { Spool } from './sources/remote/spool.ts';
import { SshMaster } from './sources/remote/ssh-master.ts';
import { createScheduler } from './sources/scheduler.ts';
import { Fallback } from './sources/fallback.ts';
import type { Source, SourceStatus } from './sources/source.ts';
import { ViciEvents } from './sources/vici/vici-events.ts';
import { ViciLook } from './sources/vici/look-at-vici.ts';

/** The doors to the outside that sources go through. */
export interface Outside {
  readonly clock: Clock;
  readonly files: Files;
  readonly scratch: Scratch;
  readonly exec: Exec;
  readonly streamLines: StreamLines;
  readonly connectSocket: ConnectSocket;
  readonly logger: Logger;
}

/** All sources of one configuration. */
export interface SourceSet {
  status(): readonly SourceStatus[];
  logs(): readonly LogStatus[];
  start(): void;
  stop(): void;
}

/** Polls wait this long for the logs, so that on a first start history comes before the present. */
const historyFirstMs = 30_000;

/** However many SAs are rekeyed, the kernel's counters are not asked for more often. */
const countEveryMs = 500;

/** Lines that charon writes before the old SA of a rekeyed child goes. */
function isRekey(event: TunnelEvent): boolean {
  return (
    event.kind === 'child-establishing' ||
    (event.kind === 'child-established' && event.direction === 'inbound')
  );
}

/** All sources, not started yet. */
export function createSources(
  config: Config,
  positions: ReadonlyMap<string, LogPosition>,
  outside: Outside,
  onEvents: (events: readonly TunnelEvent[], position?: LogPosition) => void,
): SourceSet {
  const { clock, files, logger } = outside;
  const scheduler = createScheduler(clock);
  const { vici, statusall, xfrmState, xfrmPolicy, interfaces, interfaceMonitor, xfrmStat } =
    config.sources;
  const { exec, over, master, isRemote } = reachOf(config, outside);

  const marks = new ReadMarks(files, () => held.release());
  const held = new HeldLooks({ clock, onEvents, readAsOf: () => marks.asOf });
  const poller = (
    name: string,
    plan: { schedule: string; required: boolean },
    look: LookAt,
    own: Partial<Pick<PollerDependencies, 'onEvents' | 'onLook'>> = {},
  ): Poller => {
    const options = { ...plan, name, lostAfterMs: config.sources.lostAfterMs };
    return new Poller(options, look, { clock, scheduler, logger, onEvents, ...own });
  };
  const holding = { onEvents: (events: readonly TunnelEvent[]) => held.take(events) };
  const charon =
    statusall && poller('statusall', statusall, lookAtCharon(statusall, exec), holding);
  const kernel =
    xfrmState && poller('xfrm-state', xfrmState, lookAtKernel(xfrmState, exec), holding);
  const connect = outside.connectSocket;
  const socket = vici && new ViciLook(vici, { connect, clock });
  const fallback = new Fallback({
    socket:
      vici &&
      socket &&
      poller('vici', vici, async (at) => socket.look(at), { onLook: (ok) => fallback.settle(ok) }),
    charon,
    kernel,
  });
  const polled: Source[] = [];
  if (vici) {
    const onDoubt = (): void => fallback.poke();
    polled.push(new ViciEvents(vici, { connect, clock, logger, onEvents, onDoubt }));
  }
  if (xfrmPolicy) {
    polled.push(poller('xfrm-policy', xfrmPolicy, lookAtPolicies(xfrmPolicy, exec)));
  }
  if (xfrmStat) {
    const plan = { ...xfrmStat, required: false };
    const readText = isRemote ? readOver(exec) : async (path: string) => files.readText(path);
    polled.push(poller('xfrm-stat', plan, lookAtXfrmErrors(xfrmStat.path, readText)));
  }
  const links = interfaces && poller('interfaces', interfaces, lookAtInterfaces(interfaces, exec));
  if (links) polled.push(links);
  if (interfaceMonitor) {
    const onDoubt = (): void => links?.poke();
    polled.push(
      new InterfaceMonitor(over(interfaceMonitor.argv), { ...outside, onEvents, onDoubt }),
    );
  }

  const { timeZone, patterns } = config.logs;
  const matchers = matchersWith(patterns);
  let stopped = false;
  let isPolling = false;
  let countedAt = Number.NEGATIVE_INFINITY;
  /** Takes the counters of an SA that is about to be replaced: charon closes it with stale ones. */
  const countBeforeRekey = (events: readonly TunnelEvent[]): void => {
    const now = clock.monotonicMs();
    if (!isPolling || now - countedAt < countEveryMs || !events.some((event) => isRekey(event)))
      return;
    countedAt = now;
    fallback.pokeCounters();
  };
  const copies: RemoteLog[] = [];
  const logs = config.logs.files.map(({ path: name, kind, remote }) => {
    const path = remote === true ? copyPath(config, name) : name;
    if (remote === true) {
      const spool = new Spool(path, files, outside.scratch);
      const onCopied = (asOf: number): void => marks.copied(path, asOf);
      copies.push(new RemoteLog(name, { clock, logger, exec, spool, onCopied }));
    }
    const log = new LogSource({ path, kind, name }, positions.get(path), {
      clock,
      files,
      logger,
      matchers,
      timeZone,
      spoolDirectory: config.store.directory,
      onEvents(events, position) {
        onEvents(events, position);
        countBeforeRekey(events);
        marks.read(position);
      },
    });
    if (remote === true) marks.add(path, positions.get(path), () => log.status);
    return log;
  });

  /** Names first, then history by its own time stamps, then the present. */
  const startInOrder = async (): Promise<void> => {
    await master?.open();
    if (stopped) return;
    for (const copy of copies) copy.start();
    if (config.discover) {
      const looks = [
        ...(socket ? [async (at: number) => socket.look(at)] : []),
        ...(statusall ? [lookAtCharon(statusall, exec)] : []),
      ];
      onEvents(await namesOf(looks, clock));
    }
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = clock.after(historyFirstMs, resolve);
    await Promise.race([Promise.all(copies.map((copy) => copy.caughtUp)), patience]);
    if (stopped) return;
    for (const log of logs) log.start();
    await Promise.race([Promise.all(logs.map((log) => log.caughtUp)), patience]);
    timer.cancel();
    if (stopped) return;
    isPolling = true;
    fallback.start();
    for (const source of polled) source.start();
  };
  return {
    status: () => [...fallback.status, ...[...polled, ...copies].map((source) => source.status)],
    logs: () => logs.map((log) => log.status),
    start: () => void startInOrder(),
    stop() {
      stopped = true;
      fallback.stop();
      socket?.close();
      for (const source of [...polled, ...copies]) source.stop();
      master?.stop();
      for (const log of logs) log.stop();
      held.stop();
      scheduler.close();
    },
  };
}

function here(argv: readonly string[]): readonly string[] {
  return argv;
}

/** How commands are run: on this host, or on the one that is watched from here. */
function reachOf(config: Config, outside: Outside) {
  const { remote } = config.sources;
  if (remote === undefined) {
    return { exec: outside.exec, over: here, master: undefined, isRemote: false };
  }
  const controlPath = `${config.store.directory}/ssh`;
  const reach = createReach(remote, controlPath);
  return {
    exec: createRemoteExec(remote, reach, outside.exec),
    over: reach.over,
    master: reach.master && new SshMaster({ argv: reach.master, controlPath }, outside),
    isRemote: true,
  };
}

/** Where the copy of a log of another host is. */
function copyPath(config: Config, path: string): string {
  return `${config.store.directory}/remote/${encodeURIComponent(path)}`;
}

/** The connections of a listing, without its SAs, from the first source that answers. */
async function namesOf(looks: readonly LookAt[], clock: Clock): Promise<readonly TunnelEvent[]> {
  for (const look of looks) {
    const seen = await look(clock.now());
    if (!seen.ok) continue;
    return seen.events.flatMap((event) =>
      event.kind === 'sa-list'
        ? [{ kind: 'connections' as const, at: event.at, connections: event.connections }]
        : [],
    );
  }
  return [];
}
