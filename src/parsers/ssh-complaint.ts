/** What ssh says on its standard error when it fails by itself, and what there is to be done. */
const complaints: readonly (readonly [RegExp, string])[] = [
  [
    /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    'the host key of the firewall is not the one that is known: if it was exchanged on purpose, remove the old one with `ssh-keygen -R HOST` and add the new one to known_hosts; if not, somebody may be in between',
  ],
  [
    /Host key verification failed|No .*host key is known/,
    'the host key of the firewall is not known: compare it with the one on the firewall, then add it to known_hosts of the user that runs tunnelwarden (`ssh-keyscan HOST`)',
  ],
  [
    /Permission denied|Too many authentication failures/,
    'the firewall does not let us in: add the public key of the user that runs tunnelwarden to the authorized keys of the user on the firewall',
  ],
  [
    /(?:Identity file|Load key).*(?:not accessible|bad permissions|Permission|invalid)/,
    'the private key cannot be used: it must belong to the user that runs tunnelwarden and be readable by nobody else',
  ],
  [
    /Could not resolve hostname/,
    'the name of the firewall cannot be resolved: check it, or give its address',
  ],
  [
    /Connection refused/,
    'nobody listens at the SSH port of the firewall: is SSH switched on for this zone?',
  ],
  [
    /timed out|No route to host|Network is unreachable|Host is down/,
    'the firewall cannot be reached over SSH',
  ],
  [
    /Connection (?:closed|reset)|Connection to .* closed|Broken pipe/,
    'the firewall has closed the SSH connection: does it let this address in?',
  ],
];

/** Status 255 is ssh's own, not that of the command: why, in one sentence. */
export function sshComplaint(stderr: string): string {
  const known = complaints.find(([pattern]) => pattern.test(stderr))?.[1];
  const [said = ''] = stderr.split('\n').filter((line) => line.trim() !== '');
  return known ?? `ssh failed: ${said.trim().slice(0, 200) || 'it did not say why'}`;
}
