import { atPace } from './pace.ts';

export interface CharonSettings {
  readonly [key: string]: string | number | boolean | CharonSettings;
}

const charon: CharonSettings = {
  // Without a list, Debian's tests every algorithm for ten seconds and is killed by the starter.
  load: 'random nonce aes sha1 sha2 md5 hmac gmp pem pkcs1 x509 pubkey curve25519 kdf kernel-netlink socket-default stroke vici updown counters',
  retransmit_tries: 3,
  retransmit_timeout: 1,
  retransmit_base: 1.3,
  filelog: {
    charonlog: {
      path: '/log/charon.log',
      time_format: '%F %T',
      ike_name: true,
      append: true,
      flush_line: true,
      default: 1,
    },
  },
};

/** The text of /etc/strongswan.conf; `settings` are merged over the lab's own. */
export function strongswanConf(settings: CharonSettings): string {
  return [
    ...section('charon', merged(charon, settings)),
    ...section('swanctl', { load: 'random' }),
    '',
  ].join('\n');
}

function merged(base: CharonSettings, over: CharonSettings): CharonSettings {
  const result: Record<string, CharonSettings[string]> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const old = base[key];
    const isSection = typeof value === 'object' && typeof old === 'object';
    result[key] = isSection ? merged(old, value) : value;
  }
  return result;
}

function section(name: string, settings: CharonSettings): string[] {
  const lines = Object.entries(settings).flatMap(([key, value]) => {
    if (typeof value === 'object') return section(key, value);
    if (typeof value === 'boolean') return [`${key} = ${value ? 'yes' : 'no'}`];
    const isTime = key.endsWith('_timeout');
    return [`${key} = ${isTime ? atPace(Number(value)) : value}`];
  });
  return [`${name} {`, ...lines.map((line) => `  ${line}`), '}'];
}
