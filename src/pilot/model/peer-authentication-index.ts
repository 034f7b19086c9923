import type { MutualTlsMode, PeerAuthentication } from '../../istio';
import { labelsMatch } from './endpoint';
import { groupBy } from './group-by';
import type { MeshSettings } from './mesh-settings';
import { byCreation } from './object-order';

/** How a workload takes connections: mesh TLS only, both, or plain only. */
export type EffectiveTlsMode = Exclude<MutualTlsMode, 'UNSET'>;

/** The mutual TLS of one workload. */
export interface WorkloadTls {
  readonly mode: EffectiveTlsMode;
  /** Ports of the workload that have a mode of their own. */
  readonly ports: ReadonlyMap<number, EffectiveTlsMode>;
}

/** PeerAuthentications, found by workload. */
export interface PeerAuthenticationIndex {
  readonly ofWorkload: (namespace: string, labels: Readonly<Record<string, string>>) => WorkloadTls;
  /** What holds for a whole namespace, workloads' own policies aside. */
  readonly ofNamespace: (namespace: string) => EffectiveTlsMode;
}

/**
 * Builds the index. A workload's own policy wins over its namespace's, and that over the root namespace's; what is not set
 * comes from the next one, and PERMISSIVE in the end. Ports are told only by a workload's own policy. Of several the oldest.
 */
export function indexPeerAuthentications(
  objects: readonly PeerAuthentication[],
  { rootNamespace }: MeshSettings,
): PeerAuthenticationIndex {
  const byNamespace = groupBy([...objects].sort(byCreation), ({ metadata }) => metadata.namespace ?? '');
  const wholeOf = (namespace: string): MutualTlsMode | undefined =>
    byNamespace.get(namespace)?.find((policy) => !hasSelector(policy))?.spec?.mtls?.mode;
  const mesh = effective(wholeOf(rootNamespace), 'PERMISSIVE');
  const ofNamespace = (namespace: string): EffectiveTlsMode => effective(wholeOf(namespace), mesh);
  return {
    ofNamespace,
    ofWorkload: (namespace, labels) => {
      const inherited = ofNamespace(namespace);
      const own = byNamespace
        .get(namespace)
        ?.find((policy) => hasSelector(policy) && labelsMatch(policy.spec?.selector?.matchLabels ?? {}, labels));
      if (!own) return { mode: inherited, ports: NO_PORTS };
      const mode = effective(own.spec?.mtls?.mode, inherited);
      const ports = Object.entries(own.spec?.portLevelMtls ?? {}).map(
        ([port, settings]): [number, EffectiveTlsMode] => [Number(port), effective(settings.mode, mode)],
      );
      return { mode, ports: new Map(ports) };
    },
  };
}

const NO_PORTS: ReadonlyMap<number, EffectiveTlsMode> = new Map();

function effective(mode: MutualTlsMode | undefined, inherited: EffectiveTlsMode): EffectiveTlsMode {
  return mode === undefined || mode === 'UNSET' ? inherited : mode;
}

function hasSelector({ spec }: PeerAuthentication): boolean {
  return Object.keys(spec?.selector?.matchLabels ?? {}).length > 0;
}

/** The mode of one port of a workload. */
export function modeOfPort({ mode, ports }: WorkloadTls, port: number): EffectiveTlsMode {
  return ports.get(port) ?? mode;
}
