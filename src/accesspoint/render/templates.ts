import type { Manifest } from '../../federation/api';
import type { Traffic, TrafficTemplate } from '../schema/traffic';
import { manifest } from './manifest';
import { ISTIO_NETWORKING } from './manifest';
import { mergePatch } from './merge-patch';
import { primaryName } from './names';
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

/**
 * Lays the templates over the generated objects: one of the same kind and name is merged (RFC 7396, the template wins), any other is added.
 * Services go to the clusters that hold the backend, Istio objects to gateway clusters.
 */
export function applyTemplates(context: RenderContext, generated: readonly Manifest[]): Manifest[] {
  const { spec, cluster } = context;
  return templateKinds.reduce<Manifest[]>(
    (manifests, templateKind) => {
      const concerned = templateKind.kind === 'Service' ? cluster.holdsBackend : cluster.role === 'Gateway';
      const templates = concerned ? (spec.traffic?.[templateKind.list] ?? []) : [];
      return templates.reduce((soFar, template) => layOver(context, soFar, templateKind, template), manifests);
    },
    [...generated],
  );
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
  const base = manifests[place] ?? manifest(context, { apiVersion, kind, name, spec: {} });
  const { labels, annotations } = template.metadata ?? {};
  const merged: Manifest = {
    ...base,
    metadata: {
      ...base.metadata,
      labels: { ...labels, ...base.metadata.labels },
      annotations: { ...annotations, ...base.metadata.annotations },
    },
    spec: mergePatch(base.spec, template.spec ?? {}),
  };
  return place < 0 ? [...manifests, merged] : manifests.with(place, merged);
}
