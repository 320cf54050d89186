import type { Config } from '../config/config.ts';
import { print } from '../platform/system.ts';

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

/** The configuration is good (or this would not be reached): says what it amounts to. */
export function check({ tunnels, groups, logs, http, discover }: Config): void {
  const more = discover ? ' and whatever charon has loaded' : '';
  const host = http.host.includes(':') ? `[${http.host}]` : http.host;
  print(
    `The configuration is good: ${count(tunnels.length, 'tunnel')}${more}, ` +
      `${count(groups.length, 'failover group')}, ${count(logs.files.length, 'log file')}; ` +
      `serves http://${host}:${http.port}`,
  );
}
