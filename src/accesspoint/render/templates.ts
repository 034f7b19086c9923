import { labels as ownLabels, type Manifest } from '../../federation/api';
import type { Traffic, TrafficTemplate } from '../schema/traffic';
import { exportToOf } from './export-to';
import { ISTIO_NETWORKING, manifest } from './manifest';
import { mergePatch } from './merge-patch';
import { primaryName, workloadEntryName } from './names';
import { SERVICE_EXPORT_TO } from './service';
import type { RenderContext } from './render-context';

/** What the templates of one list are. */
export interface TemplateKind {
  readonly list: keyof Traffic;
  readonly apiVersion: string;
  readonly kind: string;
}

/** The lists of `spec.traffic`, in the order in which they are laid over. */
export const templateKinds: readonly TemplateKind[] = [
  { list: 'services', apiVersion: 'v1', kind: 'Service' },
  { list: 'serviceEntries', apiVersion: ISTIO_NETWORKING, kind: 'ServiceEntry' },
  { list: 'workloadEntries', apiVersion: ISTIO_NETWORKING, kind: 'WorkloadEntry' },
  { list: 'destinationRules', apiVersion: ISTIO_NETWORKING, kind: 'DestinationRule' },
  { list: 'gateways', apiVersion: ISTIO_NETWORKING, kind: 'Gateway' },
  { list: 'virtualServices', apiVersion: ISTIO_NETWORKING, kind: 'VirtualService' },
];

/** The mesh default of `exportTo` that a kind follows; the others have no such field. */
const EXPORTED_AS: Readonly<Record<string, 'service' | 'virtualService' | 'destinationRule'>> = {
  Service: 'service',
  ServiceEntry: 'service',
  VirtualService: 'virtualService',
  DestinationRule: 'destinationRule',
};

/**
 * Lays the templates over the generated objects: one of the same kind and name is merged (RFC 7396, the template wins), any other is added,
 * exported like the generated ones unless it says otherwise. Services go to the clusters that hold the backend, Istio objects to gateway clusters.
 */
export function applyTemplates(context: RenderContext, generated: readonly Manifest[]): Manifest[] {
  const { spec, cluster } = context;
  return templateKinds.reduce<Manifest[]>(
    (manifests, templateKind) => {
      const concerned = templateKind.kind === 'Service' ? cluster.holdsBackend : cluster.role === 'Gateway';
      const templates = concerned ? (spec.traffic?.[templateKind.list] ?? []) : [];
      return templates.reduce(
        (soFar, template) =>
          isOfAnotherCluster(context, soFar, templateKind, template)
            ? soFar
            : layOver(context, soFar, templateKind, template),
        manifests,
      );
    },
    [...generated],
  );
}

/**
 * Whether a template is about the entry of a remote member that this cluster does not have: its own, or one without an address yet. Adding it
 * here would make an entry without an address.
 */
function isOfAnotherCluster(
  { accessPoint, clusters }: RenderContext,
  manifests: readonly Manifest[],
  { kind }: TemplateKind,
  template: TrafficTemplate,
): boolean {
  if (kind !== 'WorkloadEntry') return false;
  const owner = accessPoint.metadata.name;
  const name = templateName(template, owner);
  const isEntryOf = clusters.some((cluster) => workloadEntryName(owner, cluster.name) === name);
  return isEntryOf && !manifests.some((manifest) => manifest.kind === kind && manifest.metadata.name === name);
}

/** Name of a template's object; the access point's own when it gives none. */
export function templateName(template: TrafficTemplate, accessPoint: string): string {
  return template.metadata?.name ?? primaryName(accessPoint);
}

function layOver(
  context: RenderContext,
  manifests: Manifest[],
  { apiVersion, kind }: TemplateKind,
  template: TrafficTemplate,
): Manifest[] {
  const name = templateName(template, context.accessPoint.metadata.name);
  const place = manifests.findIndex((candidate) => candidate.kind === kind && candidate.metadata.name === name);
  const base = manifests[place] ?? addedObject(context, { apiVersion, kind, name });
  const { labels, annotations } = template.metadata ?? {};
  const merged: Manifest = {
    ...base,
    metadata: {
      ...base.metadata,
      labels: layOverMarks(base.metadata.labels, labels),
      annotations: layOverMarks(base.metadata.annotations, annotations),
    },
    spec: mergePatch(base.spec, template.spec ?? {}),
  };
  return place < 0 ? [...manifests, merged] : manifests.with(place, merged);
}

function addedObject(context: RenderContext, parts: { apiVersion: string; kind: string; name: string }): Manifest {
  const exportedAs = EXPORTED_AS[parts.kind];
  if (exportedAs === undefined) return manifest(context, { ...parts, spec: {} });
  const exportTo = exportToOf(context, exportedAs);
  if (parts.kind !== 'Service') return manifest(context, { ...parts, spec: { exportTo } });
  return manifest(context, { ...parts, annotations: { [SERVICE_EXPORT_TO]: exportTo.join(',') }, spec: {} });
}

/** The template wins, except over the marks by which Flotilla finds its objects again. */
function layOverMarks(
  generated: Readonly<Record<string, string>> = {},
  given: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const kept = Object.entries(generated).filter(([key]) => isMark(key) || !(key in given));
  return { ...given, ...Object.fromEntries(kept) };
}

/** Whether a label or annotation is one of Flotilla's own, which neither templates nor overrides may change. */
export function isMark(key: string): boolean {
  return key.includes('flotilla.dev/') || key === ownLabels.managedBy;
}
