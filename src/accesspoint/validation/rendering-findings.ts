import { meshKind } from '../../federation/api';
import { type Finding, parseZoneName } from '../../kernel';
import type { AccessPoint, AccessPointSpec } from '../access-point';
import { type AccessPointFacts, type PlacedCluster, zonesOf } from '../placed-cluster';
import type { OverrideFailure } from '../render/overrides';
import { renderAccessPoint, type RenderResult } from '../render/render-access-point';
import type { MeshIntent } from '../render/render-context';
import { accessPointFinding, type FindingParts } from './access-point-finding';
import { embeddedFindings } from './embedded-findings';
import { type RenderedCluster, trapFindings } from './trap-findings';
import { vipFindings } from './vip-findings';

/** What a trial rendering is made from. */
export interface TrialInput {
  readonly accessPoint: AccessPoint;
  readonly mesh: MeshIntent;
  readonly clusters: readonly PlacedCluster[];
}

/**
 * Renders as if all addresses were known, and judges the outcome: overrides that match nothing or do not apply, objects that are not valid once
 * templates and overrides are in them, and traps. Generated objects alone are valid by construction, and alike in every zone: where nothing else is in
 * them there is nothing to judge, and where routes alone are, one zone tells of all.
 */
export function renderingFindings(input: TrialInput): Finding[] {
  const { spec } = input.accessPoint;
  const { name } = input.accessPoint.metadata;
  if (spec === undefined || !bringsItsOwn(spec)) return [];
  const isGenerated = spec.traffic === undefined && (spec.overrides ?? []).length === 0;
  const facts = imaginedFacts(input.clusters);
  const tried = isGenerated ? input.clusters.filter(({ role }) => role === 'Gateway').slice(0, 1) : input.clusters;
  const results = tried.map((cluster) => ({
    ...{ cluster, mesh: input.mesh, accessPoint: { name, spec } },
    ...renderAccessPoint({ ...input, facts, cluster, revision: 'trial' }),
  }));
  const parts = isGenerated ? [] : embeddingFindings(input, results);
  // In objects that are not valid, a trap may be no more than what their fault leads to.
  if (!parts.some(({ severity = 'error' }) => severity === 'error')) parts.push(...results.flatMap(trapFindings));
  return distinct(parts).map((part) => accessPointFinding(input.accessPoint, part));
}

/** Whether anything in the objects is as people wrote it: routes, templates, overrides, and names of ports that say no protocol or another one. */
function bringsItsOwn({ http, tcp, tls, traffic, overrides = [], ports }: AccessPointSpec): boolean {
  const isNamedAfter = (name: string, protocol: string): boolean =>
    name === protocol || name.startsWith(`${protocol}-`);
  return (
    [http, tcp, tls, traffic].some((part) => part !== undefined) ||
    overrides.length > 0 ||
    ports.some(({ name, protocol }) => !isNamedAfter(name, protocol.toLowerCase()))
  );
}

function embeddingFindings(input: TrialInput, results: readonly (RenderedCluster & RenderResult)[]): FindingParts[] {
  return [
    ...unusedOverrides(input, new Set(results.flatMap(({ matched }) => matched))),
    ...results.flatMap(({ failures }) => failures.map(failureParts)),
    ...results.flatMap(({ accessPoint, cluster, manifests }) =>
      manifests.flatMap((manifest) => embeddedFindings({ accessPoint, cluster, manifest })),
    ),
    ...(zonesOf(input.clusters).length > 1 ? results.flatMap(vipFindings) : []),
  ];
}

/**
 * The same for an access point that has errors already, or whose mesh or clusters are not known: only what is certain all the same. It is rendered for a
 * fleet that is made up where the true one is not known; what only guesses at a cause is left out, because the cause may be one of those errors.
 */
export function renderingFindingsBesides(
  { accessPoint, mesh, clusters }: Omit<TrialInput, 'mesh'> & { readonly mesh: MeshIntent | undefined },
  trial: typeof renderingFindings = renderingFindings,
): Finding[] {
  const { spec } = accessPoint;
  const isKnown = mesh !== undefined && clusters.length > 0;
  const findings = isKnown
    ? trial({ accessPoint, mesh, clusters })
    : renderingFindings({ accessPoint, mesh: imaginedMesh(spec?.mesh ?? 'mesh'), clusters: imaginedClusters(spec) });
  return findings.filter(({ code, path = '' }) => {
    if (code === 'FLO3023' || code === 'FLO3024') return isKnown && !path.endsWith('.target');
    return /^spec\.(traffic|overrides)[.[]/.test(path) && !WHOLE.test(path);
  });
}

/** A template or an override as a whole: its part in the fault is a guess. */
const WHOLE = /^spec\.(traffic\.\w+|overrides)\[\d+\]$/;

function imaginedMesh(name: string): MeshIntent {
  return { metadata: { name }, spec: meshKind.spec.parse({ trustDomain: 'example.com' }) };
}

function imaginedClusters(spec: AccessPointSpec | undefined): PlacedCluster[] {
  const overrides = (spec?.overrides ?? []).map((_override, index) => index);
  return (spec?.placement.zones ?? ['example/zone']).map((zone) => ({
    ...{ name: zone.replace('/', '-'), zone: parseZoneName(zone), role: 'Gateway' as const },
    ...{ holdsBackend: true, overrides },
  }));
}

/** Addresses that nobody has (RFC 5737), so that every object that will ever be rendered is there to be patched. */
function imaginedFacts(clusters: readonly PlacedCluster[]): AccessPointFacts {
  return { vips: Object.fromEntries(clusters.map(({ name }) => [name, '192.0.2.1'])) };
}

function unusedOverrides({ accessPoint, clusters }: TrialInput, matched: ReadonlySet<number>): FindingParts[] {
  const targeted = new Set(clusters.flatMap(({ overrides }) => overrides ?? []));
  return (accessPoint.spec?.overrides ?? []).flatMap(({ object }, index) => {
    if (matched.has(index)) return [];
    const at = { code: 'FLO3023', path: `spec.overrides[${index}].${targeted.has(index) ? 'object' : 'target'}` };
    if (!targeted.has(index)) {
      const hint = 'name a cluster or zone that the access point is placed in, or remove the override';
      return [{ ...at, message: 'no cluster of the placement matches', hint }];
    }
    const message = `none of its clusters gets ${object.name === undefined ? `an object of kind ${object.kind}` : `${object.kind} "${object.name}"`}`;
    return [{ ...at, message, hint: 'see `flotilla render` for the objects that there are' }];
  });
}

function failureParts({ index, message }: OverrideFailure): FindingParts {
  return { code: 'FLO3024', path: `spec.overrides[${index}]`, message };
}

/** The same fault shows in every cluster; it is told once. */
function distinct(parts: readonly FindingParts[]): FindingParts[] {
  const seen = new Set<string>();
  return parts.filter(({ code, path, message }) => {
    const key = `${code} ${path} ${message.replace(/cluster \S+/, '')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
