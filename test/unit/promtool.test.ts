import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { dashboardExpressions, loadDashboard } from '../helpers/config-files.ts';
import { runTool, skipWithout } from '../helpers/installed-tool.ts';
import { tempDirectory } from '../helpers/temp-directory.ts';

const folder = 'config/prometheus';

function promtool(...args: readonly string[]): void {
  const { status, output } = runTool('promtool', args);
  assert.equal(status, 0, output);
  assert.match(output, /SUCCESS/);
}

describe('promtool', { skip: skipWithout('promtool') }, () => {
  test('the rules are valid', () => {
    promtool('check', 'rules', `${folder}/tunnelwarden.rules.yaml`);
  });
  test('the rules fire and are silent as their cases say', () => {
    promtool('test', 'rules', `${folder}/tunnelwarden.rules.test.yaml`);
  });
  test('the example of a configuration is valid', () => {
    promtool('check', 'config', `${folder}/scrape.example.yaml`);
  });
  // promtool reads no dashboards: the expressions are shown to it as recording rules.
  test('the expressions of the dashboard are valid', (t) => {
    const expressions = dashboardExpressions(loadDashboard()).map(({ expression }, index) => ({
      record: `dashboard:expression:${index}`,
      expr: expression.replaceAll('$__rate_interval', '5m').replaceAll('$__range', '1h'),
    }));
    assert.ok(expressions.length > 20);
    const file = join(tempDirectory(t), 'dashboard.yaml');
    writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules: expressions }] }));
    promtool('check', 'rules', file);
  });
});
