import type { Manifest } from '../../federation/api';
import { validateIstioObject } from '../../istio/validation';
import type { Finding } from '../../kernel';
import type { AccessPointSpec } from '../access-point';
import type { PlacedCluster } from '../placed-cluster';
import { templateKinds, templateName } from '../render/templates';
import type { FindingParts } from './access-point-finding';
import { fieldParts, heldDepth } from './held-field';
import { placeInOverride } from './override-place';
import { serviceFaults } from './service-faults';

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
  const { manifest } = rendered;
  const found = manifest.kind === 'Service' ? serviceFaults(manifest) : validateIstioObject(manifest);
  return found.flatMap((finding) => {
    const { path = 'spec', severity } = finding;
    // Overrides come last, so what one of them writes is what the object has.
    const overridden = severity === 'error' ? overriddenPlace(rendered, path) : undefined;
    if (overridden !== undefined) return [elsewhere(rendered, finding, overridden)];
    const place = templatePlace(rendered, path);
    if (place !== undefined) return [inTemplate(rendered, finding, place)];
    return severity === 'error' && !isOwnRoute(rendered, finding)
      ? [elsewhere(rendered, finding, nearestPlace(rendered) ?? 'spec')]
      : [];
  });
}

/** Where a field of a rendered object was written: in an override, else in a template, else among the routes of the access point; undefined for the rest. */
export function placeOfField(rendered: RenderedObject, path: string): string | undefined {
  const place = overriddenPlace(rendered, path) ?? templatePlace(rendered, path);
  if (place !== undefined || rendered.manifest.kind !== 'VirtualService') return place;
  const [, kind] = ROUTES.exec(path) ?? [];
  return kind !== undefined && hasRoutes(rendered, kind) ? `spec.${kind}` : undefined;
}

const ROUTES = /^spec\.(http|tls|tcp)\[/;

function hasRoutes({ accessPoint: { spec } }: RenderedObject, kind: string): boolean {
  return (kind === 'http' || kind === 'tls' || kind === 'tcp') && spec[kind] !== undefined;
}

function inTemplate({ manifest }: RenderedObject, finding: Finding, path: string): FindingParts {
  const { code, severity, message, hint } = finding;
  const named = `${manifest.kind} ${manifest.metadata.name}: ${message}`;
  return { code, severity, path, message: named, ...(hint === undefined ? {} : { hint }) };
}

/** Routes that the access point has itself are judged where they are written, unless an override changes them. */
function isOwnRoute(rendered: RenderedObject, { path = '' }: Finding): boolean {
  const [, kind = ''] = ROUTES.exec(path) ?? [];
  return hasRoutes(rendered, kind) && rendered.manifest.kind === 'VirtualService' && overridesOf(rendered).length === 0;
}

function elsewhere(
  { manifest, cluster }: RenderedObject,
  { path = 'spec', message, hint }: Finding,
  place: string,
): FindingParts {
  return {
    code: 'FLO3027',
    path: place,
    message: `with its templates and overrides, ${manifest.kind} ${manifest.metadata.name} in cluster ${cluster.name} is not valid: ${path}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Where the template stands that holds a field of the object; undefined when none does. */
function templatePlace(rendered: RenderedObject, path: string): string | undefined {
  const held = templatesOf(rendered).find(({ template }) => holds(template, path));
  return held === undefined ? undefined : `${held.place}.${path}`;
}

interface PlacedTemplate {
  readonly place: string;
  readonly template: unknown;
}

/** The templates that the object was made of. */
function templatesOf({ accessPoint, manifest }: RenderedObject): PlacedTemplate[] {
  return templateKinds
    .filter(({ kind }) => kind === manifest.kind)
    .flatMap(({ list }) =>
      (accessPoint.spec.traffic?.[list] ?? []).flatMap((template, index) =>
        templateName(template, accessPoint.name) === manifest.metadata.name
          ? [{ place: `spec.traffic.${list}[${index}]`, template }]
          : [],
      ),
    );
}

/** Whether a value holds a field, or at least the map in which it is missing. `spec` alone is not enough: it is everyone's. */
function holds(value: unknown, path: string): boolean {
  const parts = fieldParts(path);
  const depth = heldDepth(value, parts);
  return depth > 1 && depth >= parts.length - 1;
}

/** Places in `spec.overrides` of those of the cluster that are about the object, the last one first. */
function overridesOf({ accessPoint, cluster, manifest }: RenderedObject): number[] {
  const isAbout = (place: number): boolean => {
    const object = accessPoint.spec.overrides?.[place]?.object;
    return object?.kind === manifest.kind && (object.name ?? manifest.metadata.name) === manifest.metadata.name;
  };
  return (cluster.overrides ?? []).filter(isAbout).reverse();
}

/** Where the last override that writes or removes a field does so; undefined when none does. */
function overriddenPlace(rendered: RenderedObject, path: string): string | undefined {
  for (const index of overridesOf(rendered)) {
    const override = rendered.accessPoint.spec.overrides?.[index];
    const place = override === undefined ? undefined : placeInOverride(override, path);
    if (place !== undefined) return `spec.overrides[${index}].${place}`;
  }
  return undefined;
}

/** The nearest thing to a cause where no field tells: the last override about the object, else the last template that it was made of. */
function nearestPlace(rendered: RenderedObject): string | undefined {
  const [override] = overridesOf(rendered);
  return override === undefined ? templatesOf(rendered).at(-1)?.place : `spec.overrides[${override}]`;
}
