import type { Change } from './events/change.ts';

/** One readable line for the log: what changed, and why. */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'tunnel': {
      const why = change.evidence === undefined ? '' : `: ${change.evidence.text}`;
      return `tunnel ${change.tunnel}: ${change.from} -> ${change.to} (${change.cause})${why}`;
    }
    case 'group': {
      const serving = change.active === undefined ? 'nobody serves' : `${change.active} serves`;
      const how =
        change.switched === undefined ? '' : `, ${change.switched} (${change.reason ?? 'unknown'})`;
      const outage = change.outageSeconds === undefined ? '' : ` after ${change.outageSeconds} s`;
      return `group ${change.group}: ${change.from} -> ${change.to}: ${serving}${how}${outage}`;
    }
    case 'interface':
      return `interface ${change.interface} is ${change.up ? 'up' : 'down'}`;
    case 'gateway':
      return `gateway ${change.gateway} is ${change.up ? 'up' : 'down'}`;
    case 'daemon':
      return `charon ${change.up ? 'runs' : 'does not run'}`;
    case 'ha':
      return `this host is ${change.to === 'unknown' ? 'active or passive, nobody knows' : change.to}`;
    case 'event':
      return `tunnel ${change.tunnel}: ${change.code}`;
    default:
      return change satisfies never;
  }
}
