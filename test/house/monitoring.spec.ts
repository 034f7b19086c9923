import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { parse } from 'yaml';
import { CitadelMetrics } from '../../src/citadel/metrics/citadel-metrics';
import { createKubeMetrics } from '../../src/kube';
import { PilotMetrics } from '../../src/pilot/pilot-metrics';
import { ZoneMetrics } from '../../src/zone/metrics/zone-metrics';

const root = join(__dirname, '..', '..');
const folder = join(root, 'deploy', 'monitoring');

interface Rules {
  readonly spec: {
    readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
  };
}

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets?: readonly { readonly expr: string }[] }[];
}

/** What hub and zones really expose: metric → its labels. Prometheus adds job and instance, and histograms their three series. */
function exposed(): Map<string, readonly string[]> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  createKubeMetrics(registry);
  new ZoneMetrics(registry, { bundles: () => ({}), members: () => ({}), clusters: () => ({}) });
  const none = (): Record<string, number> => ({});
  const zero = (): number => 0;
  new PilotMetrics(
    { proxies: none, sources: none, queueDepth: zero, models: zero, views: zero, encodings: zero },
    registry,
  );
  new CitadelMetrics(registry, () => undefined);
  const metrics = registry.getMetricsAsArray() as unknown as { name: string; type: string; labelNames: string[] }[];
  // The counter of the DNS server comes to life with the server; its name and label stand in the source.
  const dns = readFileSync(join(root, 'src/zone/process/zone-dns.ts'), 'utf8');
  const [, dnsName = '', dnsLabels = ''] = /name: '([a-z_]+)',[^}]*labelNames: \['([a-z]+)'\]/.exec(dns) ?? [];
  const rows = metrics.flatMap(({ name, labelNames }) =>
    [name, `${name}_bucket`, `${name}_sum`, `${name}_count`].map((series) => [series, labelNames] as const),
  );
  return new Map([...rows, [dnsName, [dnsLabels]], ['up', []]]);
}

const KEYWORDS = new Set([
  'sum',
  'max',
  'min',
  'count',
  'by',
  'rate',
  'increase',
  'absent',
  'time',
  'or',
  'vector',
  'le',
]);
const ADDED = ['job', 'instance', 'le'];

/** Metrics and labels that an expression names. */
function namesIn(expression: string): { readonly metrics: string[]; readonly labels: string[] } {
  const labels = [
    ...[...expression.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list!.split(', ')),
    ...[...expression.matchAll(/([a-z_]+)(?:=~|=)"/g)].map(([, label]) => label!),
  ];
  const plain = expression.replace(/by \([^)]*\)|\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ');
  const words = [...plain.matchAll(/[a-z_][a-z0-9_]*/g)].map(([word]) => word).filter((word) => !KEYWORDS.has(word));
  return { metrics: words.filter((word) => word !== 'histogram_quantile'), labels };
}

const rules = (parse(readFileSync(join(folder, 'prometheus-rules.yaml'), 'utf8')) as Rules).spec.groups.flatMap(
  (group) => group.rules,
);
const dashboard = JSON.parse(readFileSync(join(folder, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...dashboard.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const)),
];

describe('deploy/monitoring', () => {
  it.each(expressions)('%s asks for what is exposed', (_title, expression) => {
    const known = exposed();
    const { metrics, labels } = namesIn(expression);
    expect(metrics.filter((metric) => !known.has(metric))).toEqual([]);
    expect(metrics).not.toEqual([]);
    const has = metrics.flatMap((metric) => known.get(metric) ?? []);
    expect(labels.filter((label) => !ADDED.includes(label) && !has.includes(label))).toEqual([]);
  });

  it('has every alert explained on the page about operations', () => {
    const page = readFileSync(join(root, 'docs', 'operations.md'), 'utf8');
    expect(rules.map(({ alert }) => alert).filter((alert) => !page.includes(`\`${alert}\``))).toEqual([]);
  });
});
