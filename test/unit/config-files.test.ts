import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { groupStates, tunnelStates } from '../../src/events/change.ts';
import {
  dashboardExpressions,
  essentialAlerts,
  loadDashboard,
  loadGrafanaAlerts,
  loadRules,
  templateQueries,
} from '../helpers/config-files.ts';
import { exposedSeries } from '../helpers/exposition.ts';
import { projectRoot } from '../helpers/installed-tool.ts';
import { promqlNames } from '../helpers/promql.ts';

/** Metric → its own labels. */
const metrics: ReadonlyMap<string, readonly string[]> = new Map([
  ...exposedSeries,
  // Comes with the audit of the inventory; the dashboard has room for it already.
  ['ipsec_audit_findings', ['code']],
  // Not ours: Prometheus's own, and prom-client's process metrics.
  ['up', []],
  ['process_resident_memory_bytes', []],
]);
const targetLabels = ['job', 'instance'];
const statesOf: Readonly<Record<string, readonly string[]>> = {
  ipsec_tunnel_state: tunnelStates,
  ipsec_failover_group_state: groupStates,
  ipsec_tunnel_children: ['installed', 'expected'],
};

const rules = loadRules();
const alerts = rules.filter((rule) => rule.alert !== undefined);
const grafanaAlerts = loadGrafanaAlerts();
const dashboard = loadDashboard();
const panels = dashboard.panels.filter((panel) => panel.type !== 'row');

/** Every label that the series of this expression can have; a recorded series has those of its rule. */
function labelsOf(expression: string): readonly string[] {
  const labels = promqlNames(expression).selectors.flatMap(({ metric }) => {
    const recorded = rules.find((rule) => rule.record === metric);
    return metrics.get(metric) ?? (recorded ? labelsOf(recorded.expr) : []);
  });
  return [...targetLabels, ...labels];
}

function checkNames(expression: string): void {
  const { selectors, groupingLabels } = promqlNames(expression);
  assert.notEqual(selectors.length, 0, `no metric in ${expression}`);
  for (const { metric, matchers } of selectors) {
    const known = metrics.has(metric) || rules.some((rule) => rule.record === metric);
    assert.ok(known, `unknown metric ${metric}`);
    for (const { label, value } of matchers) {
      assert.ok(labelsOf(metric).includes(label), `${metric} has no label ${label}`);
      const states = label === 'state' ? statesOf[metric] : undefined;
      for (const state of states ? value.split('|') : []) {
        assert.ok(states?.includes(state), `${metric} has no state ${state}`);
      }
    }
  }
  for (const label of groupingLabels) {
    assert.ok(labelsOf(expression).includes(label), `no metric here has the label ${label}`);
  }
}

/** Labels that a text in Prometheus's or Grafana's template language asks for. */
function labelsInText(text: string): readonly string[] {
  const patterns = [/\$labels\.(\w+)/g, /\.Labels\.(\w+)/g, /(?:label|sortByLabel) "(\w+)"/g];
  return patterns.flatMap((pattern) => [...text.matchAll(pattern)].map((match) => match[1] ?? ''));
}

describe('names are those of the program', () => {
  for (const rule of rules) {
    const title = rule.alert ?? rule.record ?? '';
    test(`rule ${title}`, () => {
      checkNames(rule.expr);
      const texts = Object.values(rule.annotations ?? {});
      const queries = texts.flatMap(templateQueries);
      for (const query of queries) checkNames(query);
      const known = [rule.expr, ...queries].flatMap(labelsOf);
      for (const label of texts.flatMap(labelsInText)) assert.ok(known.includes(label), label);
    });
  }
  for (const { title, expression, labels } of dashboardExpressions(dashboard)) {
    test(`dashboard: ${title}`, () => {
      checkNames(expression);
      for (const label of labels) assert.ok(labelsOf(expression).includes(label), label);
    });
  }
  test('a wrong name is found', () => {
    assert.throws(() => checkNames('ipsec_tunnel_upp == 0'), /unknown metric ipsec_tunnel_upp/);
    assert.throws(() => checkNames('ipsec_tunnel_up{spi="1"}'), /has no label spi/);
    assert.throws(() => checkNames('sum by (peer) (rate(ipsec_daemon_up[5m]))'), /label peer/);
    assert.throws(() => checkNames('ipsec_tunnel_state{state=~"up|dwn"}'), /no state dwn/);
  });
});

describe('Prometheus alerts', () => {
  test('names are unique', () => {
    assert.equal(new Set(alerts.map((alert) => alert.alert)).size, alerts.length);
  });
  for (const alert of alerts) {
    test(`${alert.alert} says how bad it is, how long it waits and what it means`, () => {
      assert.match(alert.labels?.['severity'] ?? '', /^(critical|warning)$/);
      assert.match(alert.for ?? '', /^\d+m$/);
      assert.ok(alert.annotations?.['summary'] && alert.annotations['description']);
    });
  }
  test('the example of a configuration loads these rules and scrapes the job they look for', () => {
    const path = join(projectRoot, 'config/prometheus/scrape.example.yaml');
    const example: { rule_files: string[]; scrape_configs: { job_name: string }[] } = parse(
      readFileSync(path, 'utf8'),
    );
    assert.deepEqual(example.rule_files, ['tunnelwarden.rules.yaml']);
    assert.equal(example.scrape_configs[0]?.job_name, 'tunnelwarden');
  });
});

describe('Grafana alerts', () => {
  test('both files cover the essential five', () => {
    for (const name of essentialAlerts) {
      assert.ok(
        alerts.some((alert) => alert.alert === name),
        `Prometheus: ${name}`,
      );
      assert.ok(
        grafanaAlerts.some((alert) => alert.title === name),
        `Grafana: ${name}`,
      );
    }
  });
  for (const alert of grafanaAlerts) {
    test(`${alert.title} asks what its twin in Prometheus asks`, () => {
      const twin = alerts.find((candidate) => candidate.alert === alert.title);
      const [query, ...expressions] = alert.data;
      assert.equal(query?.model.expr, twin?.expr);
      assert.equal(query?.datasourceUid, '${TUNNELWARDEN_DATASOURCE_UID}');
      for (const { datasourceUid } of expressions) assert.equal(datasourceUid, '__expr__');
      assert.equal(alert.condition, expressions.at(-1)?.refId);
      assert.equal(alert.for, twin?.for);
      assert.equal(alert.labels['severity'], twin?.labels?.['severity']);
      assert.equal(alert.annotations['summary'], twin?.annotations?.['summary']);
      assert.ok(alert.annotations['description']);
      const known = labelsOf(twin?.expr ?? '');
      const texts = Object.values(alert.annotations);
      for (const label of texts.flatMap(labelsInText)) assert.ok(known.includes(label), label);
    });
  }
});

describe('dashboard', () => {
  test('it has no id of its own and names no data source but its variable', () => {
    assert.equal('uid' in dashboard || 'id' in dashboard, false);
    const uids = [...JSON.stringify(dashboard).matchAll(/"uid":"([^"]*)"/g)].map(([, uid]) => uid);
    assert.deepEqual([...new Set(uids)], ['${datasource}']);
    assert.equal(dashboard.templating.list[0]?.type, 'datasource');
  });
  test('panels have their own ids and places', () => {
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
    );
    assert.equal(new Set(cells).size, cells.length, 'two panels overlap');
  });
  for (const panel of panels) {
    test(`${panel.title}: title, and a unit or words for its values`, () => {
      assert.ok(panel.title);
      const { unit, mappings } = panel.fieldConfig.defaults;
      if (panel.type === 'state-timeline') assert.ok(mappings?.length);
      else if (panel.type !== 'table') assert.ok(unit);
    });
  }
  for (const [title, names] of [
    ['State of each tunnel', tunnelStates],
    ['State of each group', groupStates],
  ] as const) {
    test(`${title}: every state has a number and a colour`, () => {
      const panel = panels.find((candidate) => candidate.title === title);
      const options = panel?.fieldConfig.defaults.mappings?.[0]?.options ?? {};
      const ranks = [...(panel?.targets[0]?.expr ?? '').matchAll(/state="(\w+)"\} \* (\d+)/g)];
      assert.equal(ranks.length, names.length);
      for (const [, state, rank] of ranks) assert.equal(options[rank ?? '']?.text, state);
      assert.deepEqual(
        Object.values(options)
          .map(({ text }) => text)
          .toSorted(),
        names.toSorted(),
      );
    });
  }
});
