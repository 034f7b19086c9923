import { annotations } from '../federation/api';
import { type Finding, FlotillaError } from '../kernel';
import type { KubeObject } from '../kube/schema';
import { buildModel, parseProxy, type ProxyNode } from '../pilot/model';
import { translateAll, type TranslatedProxy } from '../pilot/translate';
import { EXAMPLE_TRUST_DOMAIN, isMeshObject, offlineMesh } from './offline-mesh';

/** The xDS types, in the order in which they are printed. */
const TYPES = ['cds', 'eds', 'lds', 'rds', 'sds'] as const satisfies readonly (keyof TranslatedProxy)[];

/** Resources by type as `xds -o json` prints them. */
export type OfflineResources = Readonly<Record<string, readonly object[]>>;

/** What a proxy would get, and what is to be said about the input. */
export interface OfflineXds {
  readonly resources: OfflineResources;
  readonly notes: readonly string[];
  readonly findings: readonly Finding[];
}

/**
 * Translates objects for one proxy, offline. An object's cluster is what its annotation `federation.flotilla.dev/cluster`
 * says (as `flotilla render` writes it), else the proxy's own.
 * @throws FlotillaError FLO4010 and FLO4011 as `parseProxy`, FLO4020 as `offlineMesh`, FLO4021 for an unknown type
 */
export function offlineXds(objects: readonly KubeObject[], node: ProxyNode, type = 'all'): OfflineXds {
  const wanted = TYPES.filter((candidate) => type === 'all' || type === candidate);
  if (wanted.length === 0) {
    throw new FlotillaError(`unknown xDS type "${type}"`, {
      code: 'FLO4021',
      retry: 'after-change',
      hint: `write one of ${TYPES.join(', ')}, or all`,
    });
  }
  const proxy = parseProxy(node);
  const { settings, assumed } = offlineMesh(objects);
  const model = buildModel({
    mesh: settings,
    objects: objects
      .filter((object) => !isMeshObject(object))
      .map((object) => ({
        cluster: object.metadata.annotations?.[annotations.cluster] ?? proxy.clusterId,
        object,
      })),
  });
  const translated = translateAll(model, proxy);
  return {
    resources: Object.fromEntries(wanted.map((name) => [name, translated[name].map(({ body }) => body)])),
    notes: [
      ...model.unknownKinds.map((kind) => `${kind} is not read by discovery and was left out`),
      ...(assumed
        ? [`no Mesh in the input: trust domain ${EXAMPLE_TRUST_DOMAIN} and Istio's defaults are assumed`]
        : []),
    ],
    findings: model.findings,
  };
}
