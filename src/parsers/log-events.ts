import type { FromLog, LogEvent } from '../events/log-event.ts';
import { type EventBody, type EventRow, row } from './event-row.ts';
import { failureRows } from './failure-events.ts';
import type { Match } from './matcher.ts';

/** A line of a log that the catalogue knows. */
export interface KnownLine {
  readonly from: FromLog;
  readonly match: Match;
}

/** The event that a message stands for. Codes without a row become a note. */
export function toEvent({ from, match: { fields } }: KnownLine): LogEvent {
  const known = eventRows.get(from.code);
  return known === undefined
    ? { ...from, kind: 'note', fields }
    : { ...from, ...known.toEvent(fields) };
}

const saNeeds = ['conn', 'ikeId'] as const;
const peersNeeds = ['local', 'localId', 'remote', 'remoteId'] as const;
const childNeeds = ['child', 'childId', 'spiIn', 'spiOut'] as const;

/** Codes that become more than a note; negotiations that failed have a file of their own. */
export const eventRows: ReadonlyMap<string, EventRow> = new Map(
  Object.entries({
    'ike.initiating': row([...saNeeds, 'mode'], ({ conn, ikeId, mode }) => ({
      kind: 'ike-initiating',
      name: conn,
      id: Number(ikeId),
      version: versionOf(mode),
    })),
    'ike.peer_initiating': row(['peer'], ({ peer, mode }) => ({
      kind: 'ike-peer-initiating',
      peer,
      version: versionOf(mode),
    })),
    'ike.established': row([...saNeeds, ...peersNeeds], (fields) => ({
      kind: 'ike-established',
      name: fields.conn,
      id: Number(fields.ikeId),
      local: fields.local,
      localId: fields.localId,
      remote: fields.remote,
      remoteId: fields.remoteId,
    })),
    'ike.rekeyed': row(saNeeds, ({ conn, ikeId }) => ({
      kind: 'ike-rekeyed',
      name: conn,
      id: Number(ikeId),
    })),
    'ike.reauthenticating': row(saNeeds, ({ conn, ikeId }) => ({
      kind: 'ike-reauthenticating',
      name: conn,
      id: Number(ikeId),
    })),
    'ike.reauth_address_change': row([], () => ({
      kind: 'ike-reauthenticating',
      name: undefined,
      id: undefined,
    })),
    'ike.delete_received': row(saNeeds, ({ conn, ikeId }) => ({
      kind: 'ike-delete-received',
      name: conn,
      id: Number(ikeId),
    })),
    'ike.deleting': row(saNeeds, ({ conn, ikeId }) => ({
      kind: 'ike-deleting',
      name: conn,
      id: Number(ikeId),
    })),
    // The SA of the prefix is gone, and no delete exchange says so.
    'ike.duplicate_initial_contact': row([], () => ({ kind: 'ike-replaced' })),
    'ike.duplicate_deleted': row([], () => ({ kind: 'ike-replaced' })),
    'ike.destroyed': row([], () => ({ kind: 'ike-replaced' })),
    'ike.deleting_unestablished': row([], () => ({ kind: 'ike-replaced' })),
    'mobike.cookie2': row([], () => ({ kind: 'ike-replaced' })),
    'notify.fatal': row([], () => ({ kind: 'ike-replaced' })),
    'ike.half_open_timeout': row([], () => ({ kind: 'ike-half-open-timeout' })),
    'sophos.half_open_timeout': row([], () => ({ kind: 'ike-half-open-timeout' })),
    'ike.children_adopted': row([], () => ({ kind: 'children-adopted' })),

    'child.establishing': row(['child', 'childId'], ({ child, childId }) => ({
      kind: 'child-establishing',
      name: child,
      id: Number(childId),
    })),
    'child.established': row([...childNeeds, 'localTs', 'remoteTs', 'half'], (fields) => ({
      kind: 'child-established',
      name: fields.child,
      id: Number(fields.childId),
      spiIn: fields.spiIn,
      spiOut: fields.spiOut,
      localTs: fields.localTs.split(' '),
      remoteTs: fields.remoteTs.split(' '),
      direction: directionOf(fields.half),
    })),
    'child.closing': row([...childNeeds, 'bytesIn', 'bytesOut'], (fields) => ({
      kind: 'child-closing',
      name: fields.child,
      id: Number(fields.childId),
      spiIn: fields.spiIn,
      spiOut: fields.spiOut,
      bytesIn: Number(fields.bytesIn),
      bytesOut: Number(fields.bytesOut),
      expired: false,
    })),
    'child.closing_expired': row(childNeeds, (fields) => ({
      kind: 'child-closing',
      name: fields.child,
      id: Number(fields.childId),
      spiIn: fields.spiIn,
      spiOut: fields.spiOut,
      bytesIn: undefined,
      bytesOut: undefined,
      expired: true,
    })),
    'child.delete_received': row(['spi'], ({ spi }) => ({ kind: 'child-delete-received', spi })),
    'child.inactive': row([], () => ({ kind: 'child-inactive' })),
    'child.inactive_ike': row([], () => ({ kind: 'child-inactive' })),
    'sophos.child_reported': row(['conn', 'child', 'state'], ({ conn, child, state }) => ({
      kind: 'child-reported',
      name: conn,
      child,
      up: state === 'established',
    })),

    'live.retransmit': row(['number'], ({ number }) => ({
      kind: 'retransmit',
      attempt: Number(number),
    })),
    'sophos.retransmit_send': row(['number'], ({ number }) => ({
      kind: 'retransmit',
      attempt: Number(number),
    })),
    'live.giving_up': row([], () => ({ kind: 'gave-up' })),
    'sophos.retransmit_send_timeout': row([], () => ({ kind: 'gave-up' })),
    'live.trying_again': row([], () => ({ kind: 'trying-again' })),
    'live.establish_failed': row([], () => ({ kind: 'establish-failed' })),
    'dpd.timeout': row([], () => ({ kind: 'dpd-timeout' })),

    'ctl.terminate': row(['target'], ({ target }) => ({
      kind: 'terminate-requested',
      name: withoutSelector(target),
    })),
    'ctl.vici_terminate': row([], ({ name }) => ({ kind: 'terminate-requested', name })),
    'ctl.vici_closing': row(['name'], ({ name }) => ({ kind: 'terminate-requested', name })),

    'daemon.start': row([], () => ({ kind: 'daemon', change: 'started' })),
    'starter.daemon_started': row([], () => ({ kind: 'daemon', change: 'started' })),
    'monitor.started': row([], () => ({ kind: 'daemon', change: 'started' })),
    'daemon.stop': row([], () => ({ kind: 'daemon', change: 'stopping' })),
    'monitor.stopping': row([], () => ({ kind: 'daemon', change: 'stopping' })),
    'daemon.crash': row([], () => ({ kind: 'daemon', change: 'crashed' })),
    'starter.daemon_died': row([], () => ({ kind: 'daemon', change: 'crashed' })),
    'monitor.crashed': row([], () => ({ kind: 'daemon', change: 'crashed' })),
    'daemon.init_failed': row([], () => ({ kind: 'daemon', change: 'stopped' })),
    'starter.daemon_stopped': row([], () => ({ kind: 'daemon', change: 'stopped' })),
    'starter.daemon_refused': row([], () => ({ kind: 'daemon', change: 'stopped' })),
    'starter.stop': row([], () => ({ kind: 'daemon', change: 'stopped' })),
    'monitor.stopped': row([], () => ({ kind: 'daemon', change: 'stopped' })),

    'if.activated': row(['iface'], ({ iface }) => interfaceLogged(iface, true)),
    'if.deactivated': row(['iface'], ({ iface }) => interfaceLogged(iface, false)),
    'if.deleted': row(['iface'], ({ iface }) => interfaceLogged(iface, false)),
    'interface.up': row(['interface'], (fields) => interfaceLogged(fields.interface, true)),
    'interface.down': row(['interface'], (fields) => interfaceLogged(fields.interface, false)),
    'gateway.up': row(['gateway'], ({ gateway }) => ({
      kind: 'gateway-logged',
      gateway,
      up: true,
    })),
    'gateway.down': row(['gateway'], ({ gateway }) => ({
      kind: 'gateway-logged',
      gateway,
      up: false,
    })),
    ...failureRows,
  }),
);

function interfaceLogged(name: string, up: boolean): EventBody {
  return { kind: 'interface-logged', interface: name, up };
}

/** Only IKEv1 has modes to name. */
function versionOf(mode: string | undefined): 1 | 2 {
  return mode?.includes('Mode') === true ? 1 : 2;
}

function directionOf(half: string): 'both' | 'inbound' | 'outbound' {
  if (half === 'inbound ') return 'inbound';
  return half === 'outbound ' ? 'outbound' : 'both';
}

/** `ipsec down` takes `name`, `name[3]`, `name{7}` and `name[*]`. */
function withoutSelector(target: string): string {
  return target.replace(/[[{][\d*]*[\]}]$/, '');
}
