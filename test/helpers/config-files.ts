import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from './installed-tool.ts';

type Texts = Readonly<Record<string, string>>;

/** A rule of Prometheus; `alert` or `record` is its name. */
export interface Rule {
  readonly alert?: string;
  readonly record?: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels?: Texts;
  readonly annotations?: Texts;
}

export interface GrafanaAlert {
  readonly title: string;
  readonly condition: string;
  readonly for: string;
  readonly labels: Texts;
  readonly annotations: Texts;
  readonly data: readonly {
    readonly refId: string;
    readonly datasourceUid: string;
    readonly model: { readonly expr?: string };
  }[];
}

interface Mapping {
  readonly options: Readonly<Record<string, { readonly text: string }>>;
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets: readonly { readonly expr: string; readonly legendFormat?: string }[];
  readonly fieldConfig: {
    readonly defaults: { readonly unit?: string; readonly mappings?: readonly Mapping[] };
  };
}

export interface Dashboard {
  readonly templating: {
    readonly list: readonly {
      readonly type: string;
      readonly name: string;
      readonly definition?: string;
    }[];
  };
  readonly panels: readonly Panel[];
}

/** What has to be covered whether Prometheus or Grafana sends the alerts. */
export const essentialAlerts = [
  'IpsecTunnelDown',
  'IpsecFailoverGroupFailedOver',
  'IpsecFailoverGroupDown',
  'IpsecInterfaceDown',
  'TunnelwardenSourceBlind',
] as const;

const read = (path: string) => readFileSync(join(projectRoot, 'config', path), 'utf8');

export function loadRules(): readonly Rule[] {
  const file: { groups: { rules: Rule[] }[] } = parse(read('prometheus/tunnelwarden.rules.yaml'));
  return file.groups.flatMap((group) => group.rules);
}

export function loadGrafanaAlerts(): readonly GrafanaAlert[] {
  const file: { groups: { rules: GrafanaAlert[] }[] } = parse(read('grafana/alerts.yaml'));
  return file.groups.flatMap((group) => group.rules);
}

export function loadDashboard(): Dashboard {
  const dashboard: Dashboard = JSON.parse(read('grafana/dashboard.json'));
  return dashboard;
}

/** The queries that a text of Prometheus's template language makes by `printf … | query`. */
export function templateQueries(text: string): readonly string[] {
  return [...text.matchAll(/printf ("(?:[^"\\]|\\.)*")/g)].map(([, literal]) =>
    String(JSON.parse(literal ?? '""')).replaceAll('%q', '"value"'),
  );
}

/** Every expression of a dashboard, with the labels that its legend shows. */
export function dashboardExpressions(dashboard: Dashboard) {
  const variables = dashboard.templating.list.flatMap(({ name, definition }) => {
    const [, expression, label] = /^label_values\((.+), (\w+)\)$/.exec(definition ?? '') ?? [];
    return expression && label ? [{ title: `variable ${name}`, expression, labels: [label] }] : [];
  });
  const targets = dashboard.panels
    .filter((panel) => panel.type !== 'row')
    .flatMap((panel) =>
      panel.targets.map(({ expr, legendFormat }, index) => ({
        title: `${panel.title} ${index + 1}`,
        expression: expr,
        labels: [...(legendFormat ?? '').matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? ''),
      })),
    );
  return [...variables, ...targets];
}
