import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const needed = {
  'user-mode-linux': '/usr/bin/linux.uml',
  gcc: '/usr/bin/gcc',
  'libc6-dev': '/usr/include/stdio.h',
  kmod: '/sbin/modprobe',
  iproute2: '/sbin/ip',
  'iputils-ping': '/bin/ping',
  curl: '/usr/bin/curl',
  rsyslog: '/usr/sbin/rsyslogd',
  'strongswan-starter': '/usr/lib/ipsec/starter',
  'strongswan-charon': '/usr/lib/ipsec/charon',
  'strongswan-swanctl': '/usr/sbin/swanctl',
  'strongswan-pki': '/usr/bin/pki',
  'libcharon-extauth-plugins': '/usr/lib/ipsec/plugins/libstrongswan-xauth-generic.so',
  'libcharon-extra-plugins': '/usr/lib/ipsec/plugins/libstrongswan-kernel-libipsec.so',
  'libstrongswan-extra-plugins': '/usr/lib/ipsec/plugins/libstrongswan-curve25519.so',
};

/** Why the lab cannot run on this machine, or undefined where it can. */
export function labMissing(): string | undefined {
  const missing = Object.entries(needed).filter(([, file]) => !existsSync(file));
  if (missing.length > 0) {
    const names = missing.map(([name]) => name).join(', ');
    return `the lab needs ${names}: run ${fileURLToPath(new URL('../../.ci/install-packages.sh', import.meta.url))} as root on Debian 12`;
  }
  return undefined;
}
