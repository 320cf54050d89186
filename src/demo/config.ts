const [ikev2, ikev1] = ['Branch office (IKEv2)', 'DefaultBranchOffice'];
const initiator = { role: 'initiator', profile: ikev2 } as const;

/** What an operator would write about the recorded appliance; the rest is learned from charon. */
const tunnels = [
  { name: 'Osaka_Primary', interface: 'wan1', ...initiator },
  { name: 'Osaka_Backup', interface: 'wan2', ...initiator },
  { name: 'Nagoya_Primary', interface: 'wan2', ...initiator },
  { name: 'Nagoya_Backup', interface: 'wan1', ...initiator },
  { name: 'Sapporo', interface: 'wan1', ...initiator },
  { name: 'Sendai', interface: 'wan2', ...initiator, profile: ikev1 },
  { name: 'Kyoto', interface: 'wan1', role: 'responder', profile: 'Head office (IKEv2)' },
  { name: 'Fukuoka', interface: 'wan2', ...initiator },
  { name: 'Hiroshima', interface: 'wan2', ...initiator },
  { name: 'Okayama', interface: 'wan2', ...initiator },
  { name: 'Kanazawa', interface: 'wan2', ...initiator },
  { name: 'Kobe', interface: 'wan2', ...initiator, profile: ikev1 },
  { name: 'Niigata', interface: 'wan2', ...initiator },
  { name: 'Naha', interface: 'wan2', ...initiator },
  { name: 'Shizuoka', interface: 'wan1', ...initiator, enabled: false },
];
const groups = [
  { name: 'Osaka', members: ['Osaka_Primary', 'Osaka_Backup'] },
  { name: 'Nagoya', members: ['Nagoya_Primary', 'Nagoya_Backup'] },
];

/**
 * The text of the demo's configuration file, for a directory with what is appended to in `log` and
 * what is replaced in `outputs`. Time runs as in reality, but patience is short: what
 * takes minutes or days elsewhere must happen within a repetition of the recording.
 */
export function demoConfig(directory: string, listen?: string): string {
  const output = (name: string, schedule: string) => ({
    command: ['cat', `${directory}/outputs/${name}`],
    schedule,
  });
  const config = {
    // Everything here is public; a container has to listen on 0.0.0.0.
    http: { listen, allow_unprotected: true },
    store: { directory: `${directory}/state` },
    logs: {
      directory: `${directory}/log`,
      time_zone: 'UTC',
      files: [
        { path: 'charon.log', kind: 'charon' },
        { path: 'strongswan.log', kind: 'charon' },
      ],
    },
    sources: {
      vici: { enabled: false },
      statusall: output('statusall', '*/2 * * * * *'),
      xfrm_state: output('xfrm-state', '1-59/2 * * * * *'),
      // Not recorded.
      xfrm_policy: { enabled: false },
      interfaces: output('addr', '*/5 * * * * *'),
      // Without what is in the file already: after a restart that would be old news.
      interface_monitor: { command: ['tail', '-n', '0', '-F', `${directory}/log/ip-monitor`] },
      xfrm_stat: { path: `${directory}/outputs/xfrm-stat`, schedule: '*/5 * * * * *' },
    },
    tunnels,
    groups,
    holds: { stall: '12s', switch: '30s', flap_window: '1m' },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
