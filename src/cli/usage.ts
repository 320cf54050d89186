/** The command line was not understood, or help was asked for. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Exit statuses; 64 and 78 are those of sysexits.h. */
export const exitStatus = { success: 0, failure: 1, usage: 64, config: 78 } as const;

const common = `  --help, -h           this text`;

/** One page of help a command. */
export const usage = {
  '': `Usage: tunnelwarden COMMAND [OPTIONS]

Watches the IPsec tunnels and failover groups of a Sophos Firewall or a strongSwan host.

Commands:
  run             the daemon: metrics, API, health checks, page
  check           checks the configuration, every problem at once
  diagnose        what happened, and why, according to logs and outputs that were saved
  coverage        what share of logs is understood, and the shapes of the other lines
  audit           what is wrong with the configuration of the tunnels
  hash-password   hashes a password for the configuration
  demo            the whole daemon on an embedded, recorded appliance

  --version            the program's version
${common}

\`tunnelwarden COMMAND --help\` tells more. Exit statuses: 0 good, 1 failed, 64 wrong usage,
78 wrong configuration.`,
  run: `Usage: tunnelwarden run [OPTIONS]

Follows the logs, polls the firewall, serves what it learns. SIGHUP reads the configuration again.

  --config FILE        configuration (default: /etc/tunnelwarden/tunnelwarden.yaml, if it exists)
  --log-dir DIR        where relative log files are (over logs.directory)
  --state-dir DIR      where the history is kept (over store.directory)
  --listen HOST:PORT   where to serve (over http.listen)
${common}`,
  check: `Usage: tunnelwarden check [OPTIONS]

Checks the configuration and says everything that is wrong with it; status 78 if anything is.

  --config FILE        configuration (default: /etc/tunnelwarden/tunnelwarden.yaml)
${common}`,
  diagnose: `Usage: tunnelwarden diagnose [OPTIONS] PATH…

Reads what was saved of a firewall, and reports what happened when, why, and what to do.
A PATH is a log of charon, strongswan-monitor or dgd, rotated or not, the output of
\`ipsec statusall\`, \`ip -s xfrm state\`, \`ip -s xfrm policy\` or \`ip -j -d addr\`, a directory, or
a tar archive of such; each may be packed with gzip. Files are known by what they hold. Logs are
merged in the order of time. Without a configuration the tunnels are taken from what was read.

  --config FILE        configuration: tunnels, groups, time zone, patterns, language
  --entities FILE      an SFOS export (Entities.xml, or the tar with it): tunnels, groups, and what is
                       wrong with them
  --ipsec-conf FILE    an ipsec.conf, or a quoted pattern: tunnels, and what is wrong with them
  --swanctl-conf FILE  likewise a swanctl.conf
  --lang en|ja         language of the report
  --json               one JSON object instead of text
${common}

Exit statuses: 0 everything was read, 1 something was not, or not to its end (the rest is
reported), 64 wrong usage, 78 wrong configuration.`,
  coverage: `Usage: tunnelwarden coverage [OPTIONS] PATH…

Says what share of the lines of logs is understood, and lists the shapes of the rest, the most
frequent first, as patterns for \`logs.patterns\` in the configuration. Reads what diagnose reads.

  --config FILE        configuration: time zone, patterns
${common}

Exit statuses: 0 everything was read, 1 something was not, or not to its end, 64 wrong usage,
78 wrong configuration.`,
  audit: `Usage: tunnelwarden audit [OPTIONS]

Looks for what is wrong with the inventory: the same subnets twice, key lives that collide, weak
algorithms and the like. Exit status 1 if any of it is an error.

  --config FILE        configuration: tunnels, groups, and the inventory that it names
  --entities FILE      an SFOS export (Entities.xml, or the tar with it); twice, for both ends of a tunnel
  --ipsec-conf FILE    an ipsec.conf, with all that it includes, or a quoted pattern
  --swanctl-conf FILE  likewise a swanctl.conf
  --lang LANGUAGE      en or ja (default: that of the configuration)
  --json               one JSON object instead of text
${common}`,
  'hash-password': `Usage: tunnelwarden hash-password

Reads a password from standard input and prints its hash, for http.users in the configuration:

  read -rsp 'Password: ' P && printf %s "$P" | tunnelwarden hash-password; unset P

${common}`,
  demo: `Usage: tunnelwarden demo [OPTIONS]

Plays a recorded appliance back in time, with a failover and a failback every few minutes, under
the real daemon. Needs nothing, leaves nothing behind.

  --listen HOST:PORT   where to serve (default: 127.0.0.1:9814)
${common}`,
} as const;
export type Command = keyof typeof usage;
