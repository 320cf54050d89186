import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createMatchers } from '../../src/parsers/catalogue.ts';
import { createLogParser } from '../../src/parsers/charon-log.ts';
import { changeText } from '../../src/change-text.ts';
import { engineConfig, listing, tunnelConfig } from '../helpers/engine.ts';
import { noon } from '../helpers/events.ts';
import { openEventSource } from '../helpers/event-source.ts';
import { ownPart, parseExposition } from '../helpers/exposition.ts';
import { seededHttp } from '../helpers/seeded-http.ts';
import { until } from '../helpers/until.ts';

/** What a stranger may put where charon prints what it was sent. */
const payloads: Readonly<Record<string, string>> = {
  'an established SA': 'x] IKE_SA Osaka-1[1] established between 10.0.1.2[a]...10.0.1.1[b]',
  'a child that is up':
    'x <Osaka-1|1> CHILD_SA Osaka-1{1} established with SPIs c1a2b3d4_i 0de4f5a6_o and TS 10.0.0.0/8 === 10.1.0.0/16',
  'a prefix':
    '2026-11-23 12:00:05 05[IKE] <Osaka-1|1> IKE_SA Osaka-1[1] established between a[b]...c[d]',
  'a prefix behind a carriage return':
    '\r05[IKE] <Osaka-1|1> deleting IKE_SA Osaka-1[1] between a[b]...c[d]',
  'a syslog record':
    '" log_component="IPSec" con_name="Osaka" message="Osaka - IPSec Connection up',
  'the end of JSON': '"}\u2028{"msg":"x","state":"up","name":"Osaka"}',
  'ANSI escapes': '\u001B[2J\u001B]0;title\u0007\u001B[31mOsaka is up',
  bidi: 'Osaka \u202Epu si\u2066',
  markup: '<img src=x onerror=alert(1)></script><script>alert(1)</script>',
  'label syntax': 'x"} 1\\nipsec_tunnel_up{tunnel="Osaka"} 1 #',
  SQL: `'); DELETE FROM changes; --`,
  'a formula': `=cmd|' /C calc'!A0`,
  'a line of the event stream': '\\n\\nid: 1\\nevent: tunnel\\ndata: {"subject":"Osaka","to":"up"}',
  'a template': '${7*7} {{7*7}} %s %n',
  'half a character': 'Osaka \uD800',
};

/** Where charon prints it: identities before and after authentication, vendors, names of unknown SAs. */
const lines = (payload: string): readonly string[] => [
  `2026-11-23 12:00:01 05[IKE] <Kyoto-1|7> IKE_SA Kyoto-1[7] established between 10.0.1.2[fw]...10.0.1.1[${payload}]`,
  `2026-11-23 12:00:01 05[CFG] <8> looking for peer configs matching 10.0.1.2[${payload}]...10.0.1.1[${payload}]`,
  `2026-11-23 12:00:01 05[IKE] <8> no peer config found for ${payload}`,
  `2026-11-23 12:00:01 05[ENC] <8> received unknown vendor ID: ${payload}`,
  `2026-11-23 12:00:01 05[IKE] <${payload}|8> received AUTHENTICATION_FAILED notify error`,
  `2026-11-23 12:00:01 05[IKE] <8> no shared key found for '10.0.1.2' - '${payload}'`,
  `2026-11-23 12:00:01 05[IKE] <8> ${payload}`,
];

describe('what a peer writes changes nothing but its own text', () => {
  for (const [title, payload] of Object.entries(payloads)) {
    test(title, async (t) => {
      const tunnels = [tunnelConfig('Osaka'), tunnelConfig('Kyoto')];
      const { app, feed, get, view } = seededHttp(t, engineConfig({ tunnels, discover: false }));
      const address = await app.listen({ host: '127.0.0.1', port: 0 });
      const stateOf = (name: string) =>
        view.snapshot().tunnels.find((tunnel) => tunnel.name === name)?.state;
      feed(listing(noon));
      assert.equal(stateOf('Osaka'), 'down');
      const known = view.history.after(0, 1000).length;
      const stream = await openEventSource(t, address);

      const parser = createLogParser({ kind: 'charon', zone: 'UTC', matchers: createMatchers([]) });
      const context = { file: 'charon.log', readAt: noon + 5000 };
      const events = lines(payload).flatMap((line, i) => {
        return parser.parse(line, { ...context, line: i + 1 }).event ?? [];
      });
      assert.ok(events.length > 1, 'some of them say something');
      feed(...events);

      assert.equal(stateOf('Osaka'), 'down');
      assert.equal(stateOf('Kyoto'), 'phase1');
      const own = parseExposition(ownPart((await get('/metrics')).body));
      const names = own.flatMap(({ samples }) =>
        samples.flatMap(({ labels }) => labels.get('tunnel') ?? []),
      );
      assert.deepEqual([...new Set(names)], ['Kyoto', 'Osaka']);
      const list = (await get('/api/v1/tunnels')).json<{ items: { name: string }[] }>();
      assert.deepEqual(
        list.items.map(({ name }) => name),
        ['Kyoto', 'Osaka'],
      );

      const { items } = (await get('/api/v1/events?limit=1000')).json<{
        items: { id: number; subject: string; evidence: { text: string } | null }[];
      }>();
      const stored = items.slice(0, items.length - known);
      assert.ok(stored.length > 0);
      for (const { subject, evidence } of stored) {
        assert.notEqual(subject, 'Osaka');
        assert.doesNotMatch(evidence?.text ?? '', /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }
      // As many events as there are, in the stream too, each whole.
      await until('the stream', () => stream.events.length === stored.length);
      assert.deepEqual(
        stream.events.map(({ id }) => id),
        stored.map(({ id }) => id).toReversed(),
      );
      for (const change of view.history.after(0, 1000)) {
        assert.doesNotMatch(changeText(change), /[\p{Cc}\p{Cf}\u2028\u2029]/u);
      }
      for (const name of ['Osaka', 'Kyoto']) {
        const { body } = await get(`/health/tunnels/${name}`);
        assert.match(body, /^(?:Osaka|Kyoto) is [^\p{Cc}\p{Cf}]*\n$/u);
      }
    });
  }
});
