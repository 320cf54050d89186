import type { CatalogueEntry } from './entry.ts';

export const daemon: readonly CatalogueEntry[] = [
  [
    'daemon.start',
    'DMN',
    'Starting <:IKE charon|charon-systemd IKE> daemon (strongSwan <version:word>, <sysname:word> <release:word>, <machine:word>)',
  ],
  ['daemon.stop', 'DMN', '<signal:SIGTERM|SIGINT> received, shutting down'],
  ['daemon.stop', 'DMN', 'signal of type <signal:SIGTERM|SIGINT> received. Shutting down'],
  ['daemon.reload', 'DMN', 'signal of type SIGHUP received. Reloading configuration'],
  ['daemon.reload_failed', 'DMN', 'reloading config failed, keeping old'],
  ['daemon.signal', 'APP|DMN', 'thread <thread:int> received <signal:int>'],
  ['daemon.crash', 'APP|DMN', 'killing ourself, received critical signal'],
  ['daemon.init_failed', 'DMN', 'initialization failed - aborting charon'],
  ['daemon.already_running', 'DMN', "charon already running ('<pidFile:word>' exists)"],
  ['daemon.threads', 'JOB', 'spawning <count> worker threads', 'ignored'],
  [
    'daemon.plugin_failed',
    'LIB',
    "plugin '<plugin>': failed to load - <symbol> not found and no plugin file available",
    'ignored',
  ],
  ['daemon.plugin_failed', 'LIB', "plugin '<plugin>' failed to load: <reason>", 'ignored'],
  ['starter.start', 'APP', 'Starting <brand:strong|weak>Swan <version:word> IPsec [starter]...'],
  ['starter.stop', 'APP', 'ipsec starter stopped'],
  ['starter.daemon_started', 'APP', '<daemon:word> (<pid:int>) started after <ms:int> ms'],
  ['starter.daemon_died', 'APP', '<daemon:word> has died -- restart scheduled (<seconds>sec)'],
  ['starter.daemon_stopped', 'APP', '<daemon:word> stopped after <ms:int> ms'],
  ['starter.daemon_refused', 'APP', '<daemon:word> refused to be started'],
];
