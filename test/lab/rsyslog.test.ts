import assert from 'node:assert/strict';
import { scenario } from './scenario.ts';
import { until } from './until.ts';
import { Warden, labSources } from './warden.ts';

/** An event record in the two generations of SFOS's header. */
const records = {
  legacy: (message: string, subtype: string) =>
    `<30>device="SFW" date=2026-11-25 time=12:00:00 timezone="UTC" device_name="XG" device_id=C0 log_id=063110617710 log_type="Event" log_component="IPSec" log_subtype="System" status="${subtype}" priority=Information con_name="Osaka-1" message="${message}"`,
  current: (message: string, subtype: string) =>
    `<30>device_name="SFW" timestamp="2026-11-25T12:00:01+0000" device_model="XG" device_serial_id="C0" log_id="063110617710" log_type="Event" log_component="IPSec" log_subtype="System" log_version=1 severity="Information" status="${subtype}" con_name="Osaka-1" message="${message}"`,
};

scenario('records of SFOS that rsyslog has written', async (lab) => {
  const fw = await lab.host('fw');
  await fw.write({
    '/etc/lab-rsyslog.conf': `module(load="imudp")
input(type="imudp" port="5140" address="127.0.0.1")
*.* /log/sfos.log
`,
  });
  const rsyslog = await fw.spawn(
    'exec /usr/sbin/rsyslogd -n -i /run/lab-rsyslog.pid -f /etc/lab-rsyslog.conf',
  );
  const warden = await Warden.start(fw, {
    logs: { files: [{ path: '/log/sfos.log', kind: 'syslog' }] },
    sources: { ...labSources, statusall: { enabled: false }, xfrm_state: { enabled: false } },
    tunnels: [{ name: 'Osaka' }],
  });
  const send = async (record: string): Promise<void> => {
    await fw.run('cat > /dev/udp/127.0.0.1/5140', { input: record });
  };
  const established =
    'Osaka-1 - IPSec Connection Osaka-1 between 192.0.2.1 and 198.51.100.1 for Child Osaka-1 established.';
  await until(
    async () => {
      await send(records.legacy(established, 'Established'));
      return (await warden.tunnel('Osaka')).state === 'up';
    },
    { within: 30_000, detail: async () => (await fw.readLog('sfos.log')) + warden.log },
  );
  await send(records.current(established.replace('established', 'terminated'), 'Terminated'));
  await warden.untilState('Osaka', 'down');
  await rsyslog.kill('SIGTERM');
  assert.equal(await warden.kill('SIGTERM'), 0);
});
