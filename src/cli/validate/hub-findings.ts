import { type AccessPoint, trapMessage } from '../../accesspoint';
import { hubObjectsOf, renderOffline } from '../../federation';
import {
  annotations,
  FEDERATION_API_VERSION,
  type FederatedDeployment,
  type Manifest,
  meshKind,
} from '../../federation/api';
import { renderedTraps, type TrapSources } from '../../federation/acceptance';
import { judgeDeployment } from '../../federation/deployment';
import { lintTextList } from '../../istio/lint';
import { canonicalJson, type Finding } from '../../kernel';
import { apiVersionOfKind, type KubeObject, parseObject } from '../../kube/schema';
import { nameFindings, nameServiceKind, ownedNames } from '../../nameservice';
import { embeddedSchemaFindings } from './schema-findings';

/**
 * Everything about hub objects beyond their shape: each by itself, against the objects that it names as far as those are here, against those that
 * claim the same, and what is embedded in them. Expects objects of the right shape.
 * @param complete kinds of which every object of the files could be read; references to other kinds are not judged
 */
export function hubFindings(objects: readonly KubeObject[], complete: ReadonlySet<string>, nowMs: number): Finding[] {
  const hub = hubObjectsOf(objects);
  const { findings, manifests } = renderOffline(objects, nowMs);
  const told = [
    ...findings,
    ...hub.deployments.flatMap((deployment) => judgeDeployment(deployment, hub, new Set()).findings),
    ...nameServiceFindings(objects, hub),
  ];
  const unknowable = told.filter((finding) => isUnknowable(finding, complete));
  const services = hub.accessPoints.flatMap(serviceTemplateFindings);
  return distinct([
    ...told.filter(
      (finding) => !unknowable.includes(finding) && !FACTS.includes(finding.code) && !isToldByShape(finding, services),
    ),
    ...trapFindings(manifests, hub),
    ...services,
    ...hub.deployments.flatMap(deploymentTemplateFindings),
  ]);
}

/** The schema of a Service tells more exactly what the rules of Services tell as well. */
function isToldByShape({ code, path, object }: Finding, shape: readonly Finding[]): boolean {
  const isIt = (other: Finding): boolean =>
    other.path === path && other.object?.name === object?.name && other.object?.namespace === object?.namespace;
  return code === 'FLO3034' && shape.some(isIt);
}

/** The same word about one object is told once, where it was told first: an access point judged by itself knows the very field. */
function distinct(findings: readonly Finding[]): Finding[] {
  const seen = new Map<string, Finding>();
  for (const finding of findings) {
    const { code, object, message, path } = finding;
    const key = canonicalJson([code, object?.kind, object?.namespace, object?.name, message, isTrap(code) ? '' : path]);
    if (!seen.has(key)) seen.set(key, finding);
  }
  return [...seen.values()];
}

const TRAPS = new Set(lintTextList.map(({ code }) => code));

function isTrap(code: string): boolean {
  return TRAPS.has(code);
}

/** Traps in what is rendered, told of the access point that brings them in. */
function trapFindings(manifests: readonly Manifest[], sources: TrapSources): Finding[] {
  const owners = new Map(
    manifests.map((manifest) => [placeOf(manifest), manifest.metadata.annotations?.[annotations.owner] ?? '']),
  );
  return renderedTraps(manifests, sources).flatMap(({ object, path = 'spec', message, ...rest }) => {
    if (object === undefined) return [];
    const { kind, name, namespace } = object;
    const metadata = { name, ...(namespace === undefined ? {} : { namespace }) };
    const [ownerKind = '', ownerNamespace = 'default', ownerName = ''] = (
      owners.get(placeOf({ kind, metadata })) ?? ''
    ).split('/');
    const owner = { apiVersion: FEDERATION_API_VERSION, kind: ownerKind, namespace: ownerNamespace, name: ownerName };
    return [{ ...rest, object: owner, path: 'spec', message: trapMessage({ kind, metadata }, path, message) }];
  });
}

function placeOf({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

/** Findings about addresses that zones report: files say nothing about them. */
const FACTS: readonly string[] = ['FLO3050', 'FLO7011'];

/** Findings that say no more than that something is not there, by the kind of what is missing. */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  FLO3001: ['Mesh'],
  FLO7016: ['Mesh'],
  FLO3002: ['MemberCluster'],
  FLO3003: ['MemberCluster'],
  FLO3020: ['MemberCluster'],
  FLO3028: ['MemberCluster'],
  FLO7017: ['MemberCluster'],
  FLO3029: ['PlacementPolicy', 'FederatedDeployment'],
  FLO3031: ['RolloutPolicy'],
  FLO3033: ['MemberCluster'],
};

function isUnknowable({ code, message }: Finding, complete: ReadonlySet<string>): boolean {
  if (code === 'FLO3030') return message.startsWith('there is no') && !complete.has('AddressPool');
  return (REFERENCES[code] ?? []).some((kind) => !complete.has(kind));
}

function nameServiceFindings(objects: readonly KubeObject[], hub: ReturnType<typeof hubObjectsOf>): Finding[] {
  const apiVersion = apiVersionOfKind(nameServiceKind);
  const services = objects.flatMap((object) => {
    if (object.kind !== nameServiceKind.kind || object.apiVersion !== apiVersion) return [];
    const { value } = parseObject(nameServiceKind, object);
    return value === undefined ? [] : [value];
  });
  const { accessPoints, clusters, meshes } = hub;
  const lookups = { owned: ownedNames(services), accessPoints, clusters, meshes };
  return services.flatMap((service) => nameFindings(service, lookups));
}

function serviceTemplateFindings({ metadata, spec }: AccessPoint): Finding[] {
  return (spec?.traffic?.services ?? []).flatMap((template, index) => {
    const object = {
      ...template,
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: template.metadata?.name ?? metadata.name },
    };
    return about('AccessPoint', metadata, embeddedSchemaFindings(object, `spec.traffic.services[${index}].`));
  });
}

function deploymentTemplateFindings({ metadata, spec }: FederatedDeployment): Finding[] {
  if (spec === undefined) return [];
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: metadata.name },
    spec: spec.template.spec,
  };
  return about('FederatedDeployment', metadata, embeddedSchemaFindings(object, 'spec.template.'));
}

function about(kind: string, { name, namespace }: KubeObject['metadata'], findings: readonly Finding[]): Finding[] {
  const object = {
    apiVersion: apiVersionOfKind(meshKind),
    kind,
    ...(namespace === undefined ? {} : { namespace }),
    name,
  };
  return findings.map((finding) => ({ ...finding, object }));
}
