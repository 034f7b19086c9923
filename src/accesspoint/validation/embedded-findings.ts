import type { Manifest } from '../../federation/api';
import { validateIstioObject } from '../../istio/validation';
import type { Finding } from '../../kernel';
import type { AccessPointSpec } from '../access-point';
import type { PlacedCluster } from '../placed-cluster';
import { templateKinds, templateName } from '../render/templates';
import type { FindingParts } from './access-point-finding';

/** One object of a trial rendering, and for whom it was rendered. */
export interface RenderedObject {
  readonly accessPoint: { readonly name: string; readonly spec: AccessPointSpec };
  readonly cluster: PlacedCluster;
  readonly manifest: Manifest;
}

/**
 * What is wrong with one rendered object, told where it was written: in the template of `spec.traffic` that holds the field, or in the override
 * that put it there. What Flotilla itself wrote is only told when it is an error.
 */
export function embeddedFindings(rendered: RenderedObject): FindingParts[] {
  return validateIstioObject(rendered.manifest).flatMap((finding) => {
    const place = templatePlace(rendered, finding.path ?? '');
    if (place !== undefined) return [inTemplate(rendered, finding, place)];
    return finding.severity === 'error' && !isOwnRoute(rendered, finding) ? [elsewhere(rendered, finding)] : [];
  });
}

function inTemplate({ manifest }: RenderedObject, finding: Finding, path: string): FindingParts {
  const { code, severity, message, hint } = finding;
  const named = `${manifest.kind} ${manifest.metadata.name}: ${message}`;
  return { code, severity, path, message: named, ...(hint === undefined ? {} : { hint }) };
}

/** Routes that the access point has itself are judged where they are written, unless an override changes them. */
function isOwnRoute(rendered: RenderedObject, { path = '' }: Finding): boolean {
  const [, kind] = /^spec\.(http|tls|tcp)\[/.exec(path) ?? [];
  const { spec } = rendered.accessPoint;
  const own = (kind === 'http' || kind === 'tls' || kind === 'tcp') && spec[kind] !== undefined;
  return own && rendered.manifest.kind === 'VirtualService' && overridePlace(rendered) === undefined;
}

function elsewhere(rendered: RenderedObject, { path = 'spec', message, hint }: Finding): FindingParts {
  const { manifest, cluster } = rendered;
  return {
    code: 'FLO3027',
    path: overridePlace(rendered) ?? 'spec',
    message: `with its templates and overrides, ${manifest.kind} ${manifest.metadata.name} in cluster ${cluster.name} is not valid: ${path}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Where the template stands that holds a field of the object; undefined when none does. */
function templatePlace({ accessPoint, manifest }: RenderedObject, path: string): string | undefined {
  for (const { kind, list } of templateKinds) {
    if (kind !== manifest.kind) continue;
    for (const [index, template] of (accessPoint.spec.traffic?.[list] ?? []).entries()) {
      const held = templateName(template, accessPoint.name) === manifest.metadata.name && holds(template, path);
      if (held) return `spec.traffic.${list}[${index}].${path}`;
    }
  }
  return undefined;
}

/** Whether a value holds a field, or at least the map in which it is missing. `spec` alone is not enough: it is everyone's. */
function holds(value: unknown, path: string): boolean {
  const parts = partsOf(path);
  let node = value;
  for (const [index, part] of parts.entries()) {
    const next = childOf(node, part);
    if (next === undefined) return index === parts.length - 1 && index > 1;
    node = next;
  }
  return parts.length > 1;
}

/** Keys and indexes of a field path. */
function partsOf(path: string): string[] {
  return [...path.matchAll(/\["((?:\\.|[^"\\])*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted ?? index ?? name ?? '',
  );
}

function childOf(node: unknown, part: string): unknown {
  if (typeof node !== 'object' || node === null) return undefined;
  return Object.entries(node).find(([key]) => key === part)?.[1] as unknown;
}

/** The last override of the cluster that is about the object. */
function overridePlace({ accessPoint, cluster, manifest }: RenderedObject): string | undefined {
  const index = (cluster.overrides ?? []).findLast((place) => {
    const object = accessPoint.spec.overrides?.[place]?.object;
    return object?.kind === manifest.kind && (object.name ?? manifest.metadata.name) === manifest.metadata.name;
  });
  return index === undefined ? undefined : `spec.overrides[${index}]`;
}
