import type { Config } from '../config/config.ts';
import type { Platform } from './texts/cause-text.ts';

/** Sophos Firewall keeps the logs of its IPsec services in `/log`, and nobody else does. */
export function platformOf({ logs }: Pick<Config, 'logs'>): Platform {
  return logs.files.some(({ path }) => path.startsWith('/log/')) ? 'sfos' : 'strongswan';
}
