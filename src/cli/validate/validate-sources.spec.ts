import * as fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hubKinds } from '../../federation';
import { FEDERATION_API_VERSION } from '../../federation/api';
import { istioKinds } from '../../istio';
import type { Finding } from '../../kernel';
import { plainStyle } from '../terminal-style';
import { formatFindings, summarize } from './format-findings';
import { parseSource } from './source-object';
import { validateSources } from './validate-sources';

const nowMs = Date.UTC(2026, 0, 1);

function validate(text: string): Finding[] {
  const { objects, findings } = parseSource('fleet.yaml', text);
  return [...findings, ...validateSources(objects, nowMs)];
}

/** Code, place and path of every finding. */
function brief(text: string): string[] {
  return validate(text).map(({ code, line, column, path = '' }) => `${code} ${line}:${column} ${path}`.trim());
}

const accessPoint = (spec: string): string => `
apiVersion: ${FEDERATION_API_VERSION}
kind: AccessPoint
metadata: {name: checkout, namespace: shop}
spec:
  mesh: prod
  hosts: [checkout.shop.example.com]
  ports: [{name: http, number: 80, protocol: HTTP}]
  backend: {service: {name: checkout}, selector: {app: checkout}}
  placement: {zones: [east/east-1]}
${spec}`;

const fleet = `
apiVersion: ${FEDERATION_API_VERSION}
kind: Mesh
metadata: {name: prod}
spec: {trustDomain: prod.example}
---
apiVersion: ${FEDERATION_API_VERSION}
kind: MemberCluster
metadata: {name: east-1}
spec: {region: east, zone: east-1, role: Gateway, meshes: [prod]}
---`;

const service = (weight: string): string => `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: checkout, namespace: shop}
spec:
  hosts: [checkout]
  http:
  - route:
    - destination: {host: checkout}
      weight: ${weight}`;

describe('places of findings', () => {
  it('names line and column of the field', () => {
    expect(brief(service('-1'))).toEqual([
      'FLO8001 10:7 spec.http[0].route[0].weight',
      'FLO8048 10:7 spec.http[0].route[0].weight',
    ]);
  });

  it('names the nearest line when the field is missing', () => {
    const text =
      'apiVersion: networking.istio.io/v1\nkind: ServiceEntry\nmetadata: {name: a}\nspec:\n  resolution: NONE\n';
    expect(brief(text)).toEqual(['FLO8003 4:1 spec.hosts']);
  });

  it('follows aliases and merge keys to where a value is written', () => {
    const text = `
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: a}
spec:
  host: a
  subsets:
  - name: one
    trafficPolicy: &policy
      outlierDetection: {interval: 0s}
  - name: two
    trafficPolicy: *policy
  - name: three
    trafficPolicy:
      <<: *policy
      tls: {mode: SIMPLE}`;
    expect(brief(text)).toEqual([
      'FLO8010 10:26 spec.subsets[0].trafficPolicy.outlierDetection.interval',
      'FLO8010 10:26 spec.subsets[1].trafficPolicy.outlierDetection.interval',
      'FLO8010 10:26 spec.subsets[2].trafficPolicy.outlierDetection.interval',
    ]);
  });

  it('finds keys with dots, and the objects of a List and of JSON', () => {
    const labelled =
      'kind: List\napiVersion: v1\nitems:\n- apiVersion: networking.istio.io/v1\n  kind: WorkloadEntry\n  metadata: {name: a}\n  spec:\n    address: 10.0.0.1\n    labels:\n      app.kubernetes.io/name: a b';
    expect(brief(labelled)).toEqual(['FLO8016 10:7 spec.labels["app.kubernetes.io/name"]']);
    const json =
      '{"apiVersion": "networking.istio.io/v1",\n "kind": "WorkloadEntry", "metadata": {"name": "a"},\n "spec": {\n  "address": "a b"}}';
    expect(brief(json)).toEqual(['FLO8020 4:3 spec.address']);
  });
});

describe('documents that cannot be read', () => {
  it('tells of syntax errors and repeated keys with their lines, and judges the other documents', () => {
    const text = `kind: [\n---\na: 1\n---${service('100')}\n      weight: 99`;
    expect(brief(text)).toEqual(['FLO8804 2:1', 'FLO8806 3:1', 'FLO8805 14:7']);
  });

  it('warns of words that kubectl reads as booleans', () => {
    expect(brief(service('100').replace('hosts: [checkout]', 'hosts: [no]'))).toEqual(['FLO8808 6:11']);
  });

  it('ends bombs of aliases', () => {
    const lines = Array.from(
      { length: 12 },
      (_, index) => `a${index + 1}: &a${index + 1} [${Array(9).fill(`*a${index}`).join()}]`,
    );
    expect(brief(['a0: &a0 x', ...lines].join('\n'))).toEqual(['FLO8804 1:1']);
  });

  it('reads any text without falling over', () => {
    const piece = fc.constantFrom(
      'a: ',
      '- ',
      '\n',
      '  ',
      '{',
      '}',
      '[',
      ']',
      '"',
      "'",
      '&x ',
      '*x',
      '<<: *x',
      '---\n',
      '|',
      '!!int ',
      '#',
      'kind: List',
      'items:',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string({ maxLength: 4 })), { maxLength: 25 }), (pieces) => {
        expect(validate(pieces.join('')).every(({ line = 0 }) => line >= 1)).toBe(true);
      }),
      { numRuns: 1500 },
    );
  });
});

describe('hub objects', () => {
  it('are judged with what they refer to only when that is among the files', () => {
    expect(brief(accessPoint(''))).toEqual([]);
    expect(brief(fleet + accessPoint(''))).toEqual([]);
    expect(brief(fleet + accessPoint('').replace('east/east-1', 'west/west-1'))).toEqual([
      'FLO3002 20:23 spec.placement.zones[0]',
    ]);
  });

  it('have embedded objects and routes judged where they stand', () => {
    const spec = `  http:
  - {timeout: 0s}
  traffic:
    destinationRules:
    - spec:
        trafficPolicy:
          conectionPool: {}
    services:
    - spec: {ports: 3}
  overrides:
  - object: {kind: Gateway}
    mergePatch: {spec: {servers: []}}`;
    const expected = [
      'FLO8010 12:6 spec.http[0].timeout',
      'FLO8002 17:11 spec.traffic.destinationRules[0].spec.trafficPolicy.conectionPool',
      'FLO3018 19:14 spec.traffic.services[0].spec.ports',
      'FLO3027 22:25 spec.overrides[0].mergePatch.spec.servers',
    ];
    expect(brief(accessPoint(spec))).toEqual(expected);
    const withFleet = brief(fleet + accessPoint(spec)).map((row) => row.replace(/ \d+:/, ' '));
    expect(withFleet).toEqual(expected.map((row) => row.replace(/ \d+:/, ' ')));
  });

  it('have CEL rules, unknown fields and templates of deployments checked', () => {
    const text = `
apiVersion: ${FEDERATION_API_VERSION}
kind: FederatedDeployment
metadata: {name: a, namespace: shop}
spec:
  mesh: prod
  template: {spec: {replicas: three}}
  placement: {}
---
apiVersion: ${FEDERATION_API_VERSION}
kind: Mesh
metadata: {name: prod}
spec: {trustDomain: prod.example, trustDomian: x}`;
    expect(brief(text)).toEqual(['FLO3018 8:3 spec.placement', 'FLO3018 13:35 spec.trustDomian']);
    const whole = text.replace('placement: {}', 'placement: {rules: {}}').replace(', trustDomian: x', '');
    expect(brief(whole)).toEqual(['FLO3018 7:21 spec.template.spec.replicas']);
  });

  it('have traps in what they become told', () => {
    const spec = `  traffic:
    virtualServices:
    - metadata: {name: other}
      spec: {hosts: [checkout.shop.example.com], gateways: [checkout], http: [{mirror: {host: copy}, route: [{destination: {host: x}}]}]}`;
    const traps = validate(fleet + accessPoint(spec)).filter(({ severity }) => severity === 'warning');
    expect(traps.map(({ code, object, line }) => `${code} ${object?.kind} ${line}`)).toEqual([
      'FLO8520 AccessPoint 24',
      'FLO8529 AccessPoint 24',
    ]);
  });

  it('are told when they are given twice', () => {
    expect(brief(`${service('100')}\n---${service('100')}`)).toEqual(['FLO3018 14:12 metadata.name']);
  });
});

it('judges the examples without an error', () => {
  const folder = join(__dirname, '../../../deploy/examples');
  const texts = readdirSync(folder).map((name) => parseSource(name, readFileSync(join(folder, name), 'utf8')));
  const findings = validateSources(
    texts.flatMap(({ objects }) => objects),
    nowMs,
  );
  expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
});

it('warns of traps across the objects of the files', () => {
  const second = service('100').replace('name: checkout', 'name: second');
  expect(brief(`${service('100')}\n---${second}`)).toEqual(['FLO8520 16:11 spec.hosts[0]']);
});

it('prints findings by file, with a summary', () => {
  const findings = validate(service('-1'));
  const text = formatFindings(findings, summarize(findings, 1, 1), plainStyle);
  expect(text.split('\n')[0]).toBe('fleet.yaml');
  expect(text.split('\n')[1]).toBe(
    '  10:7    error   FLO8001 VirtualService shop/checkout spec.http[0].route[0].weight: must be at least 0',
  );
  expect(text).toContain('1 object in 1 file: 2 errors, 0 warnings;');
  expect(formatFindings([], summarize([], 2, 3), plainStyle)).toBe('3 objects in 2 files: nothing found\n');
});

it('answers any objects with findings, and never falls over', () => {
  const kinds = [...hubKinds, ...istioKinds].map(({ group, version, kind }) => ({
    apiVersion: `${group}/${version}`,
    kind,
  }));
  const more = [
    { apiVersion: 'v1', kind: 'Service' },
    { apiVersion: 'apps/v1', kind: 'Deployment' },
  ];
  const names = fc.constantFrom(
    'mesh',
    'hosts',
    'ports',
    'placement',
    'traffic',
    'template',
    'overrides',
    'http',
    'spec',
    'backend',
  );
  const value = fc.dictionary(fc.oneof(names, fc.string({ maxLength: 3 })), fc.jsonValue({ maxDepth: 3 }), {
    maxKeys: 4,
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...kinds, ...more), fc.jsonValue(), value), { maxLength: 3 }),
      (objects) => {
        const list = objects.map(([kind, metadata, spec]) => ({
          ...kind,
          metadata: { name: 'a', ...(metadata as object) },
          spec,
        }));
        const findings = validate(JSON.stringify({ kind: 'List', apiVersion: 'v1', items: list }));
        expect(findings.every(({ line = 0, message }) => line >= 1 && message !== '')).toBe(true);
      },
    ),
    { numRuns: 1000 },
  );
});
