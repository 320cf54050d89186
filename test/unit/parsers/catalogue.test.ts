import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { catalogue } from '../../../src/parsers/catalogue.ts';
import type { CatalogueEntry } from '../../../src/parsers/catalogue/entry.ts';
import { eventRows } from '../../../src/parsers/log-events.ts';
import { compileEntries, createMatcher } from '../../../src/parsers/matcher.ts';
import { renderTemplate, sample } from '../../helpers/render-template.ts';

const families: readonly (readonly [family: string, entries: readonly CatalogueEntry[]])[] =
  Object.entries(catalogue);
const all = [...new Set(families.flatMap(([, entries]) => entries))];

/** Texts that a more general entry would fit as well: the special one, then the general one. */
const shadowed = new Set([
  'ike.reauth_delayed < ike.reauth_delayed',
  'notify.v1_error < notify.received',
  'auth.self < auth.self',
  'auth.self_failed < auth.self',
  'auth.constraint < auth.constraint',
  'ctl.vici_terminate < ctl.vici_terminate',
  'gateway.down < gateway.down',
  'gateway.up < gateway.up',
  'daemon.already_running < monitor.running',
  'starter.stop < monitor.stopped',
]);

for (const [family, entries] of families) {
  suite(`every template fits its own text, and no earlier one does: ${family}`, () => {
    const rules = compileEntries(entries);
    const matcher = createMatcher(rules);
    for (const [index, [code, groups, template]] of entries.entries()) {
      if (template.startsWith('/')) continue;
      const group = groups === '' ? undefined : groups.split('|').at(-1);
      test(`${code}: ${template}`, () => {
        const { text, fields } = renderTemplate(template);
        const fitting = rules.filter(
          (rule) =>
            (group === undefined || rule.groups.length === 0 || rule.groups.includes(group)) &&
            rule.pattern.regexp.test(text),
        );
        assert.equal(fitting[0], rules[index]);
        for (const other of fitting.slice(1)) {
          assert.ok(shadowed.has(`${code} < ${other.code}`), `${text} fits ${other.code} too`);
        }
        const match = matcher.match(text, group);
        assert.equal(match?.code, code);
        assert.deepEqual(match.fields, fields);
      });

      test(`${code}: every text of a choice`, () => {
        for (const choice of [0, 1, 2]) {
          const { text } = renderTemplate(template, (placeholder) =>
            typeof placeholder.type === 'string'
              ? sample(placeholder)
              : (placeholder.type.at(choice) ?? sample(placeholder)),
          );
          assert.equal(matcher.match(text, group)?.code, code, text);
        }
      });
    }
  });
}

suite('guessed patterns', () => {
  const cases: readonly (readonly [
    'gateway' | 'monitor',
    message: string,
    code: string | undefined,
    field?: string,
  ])[] = [
    ['gateway', "Gateway 'WAN' is Down", 'gateway.down', 'WAN'],
    ['gateway', 'gateway WAN_1 state changed to dead', 'gateway.down', 'WAN_1'],
    ['gateway', 'GW:198.51.100.1 Failed', 'gateway.down', '198.51.100.1'],
    ['gateway', 'Gateway "WAN" is Up', 'gateway.up', 'WAN'],
    ['gateway', 'link Port2 restored', 'gateway.up', 'Port2'],
    ['gateway', 'gateway is down', undefined],
    ['gateway', 'IPsec connection Osaka_1 failover to Osaka_2', 'gateway.vpn_failover'],
    ['gateway', 'VPN group Osaka failed back to primary', 'gateway.vpn_failback'],
    ['gateway', 'Interface Port2 is down', 'interface.down', 'Port2'],
    ['gateway', 'Interface Port2 is up', 'interface.up', 'Port2'],
    ['gateway', 'something else', undefined],
    ['monitor', 'charon crashed', 'monitor.crashed'],
    ['monitor', 'IPsec daemon is not running', 'monitor.stopped'],
    ['monitor', 'strongswan service failed to start', 'monitor.stopped'],
    ['monitor', 'restarting strongswan daemon: service stopping', 'monitor.stopping'],
    ['monitor', 'strongswan started', 'monitor.started'],
    ['monitor', 'charon is running', 'monitor.running'],
    ['monitor', 'charon has died -- restart scheduled (5sec)', 'starter.daemon_died'],
    ['monitor', 'something else', undefined],
  ];
  const matchers = {
    gateway: createMatcher(compileEntries(catalogue.gateway)),
    monitor: createMatcher(compileEntries(catalogue.monitor)),
  };
  for (const [family, message, code, name] of cases) {
    test(message, () => {
      const match = matchers[family].match(message, undefined);
      assert.equal(match?.code, code);
      if (name !== undefined) assert.deepEqual(Object.values(match?.fields ?? {}), [name]);
    });
  }
});

suite('codes', () => {
  test('have the form family.meaning', () => {
    for (const [code] of all) assert.match(code, /^[a-z][a-z0-9]*\.[a-z][a-z0-9_]*$/);
  });

  test('are ignored in all their texts or in none', () => {
    for (const [code, , , flag] of all) {
      assert.ok(
        all.every(([other, , , otherFlag]) => other !== code || otherFlag === flag),
        code,
      );
    }
  });

  test('that make events are in the catalogue, and their texts have the fields', () => {
    for (const [code, { needs }] of eventRows) {
      const rules = compileEntries(all.filter(([other]) => other === code));
      assert.ok(rules.length > 0, code);
      for (const { ignored, pattern } of rules) {
        assert.equal(ignored, false, code);
        const missing = needs.filter((name) => !pattern.fields.includes(name));
        assert.deepEqual(missing, [], `${code}: ${pattern.regexp.source}`);
      }
    }
  });
});
