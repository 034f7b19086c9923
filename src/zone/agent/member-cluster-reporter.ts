import {
  gatewayNamespaceOf,
  labels,
  type MemberCluster,
  memberClusterKind,
  type MemberClusterFacts,
  type Mesh,
} from '../../federation/api';
import { type Clock, formatTime, toFlotillaError } from '../../kernel';
import { KubeApiError, type KubeClient, type RunResult } from '../../kube';
import type { Gateway, Service } from '../../istio';
import { loadBalancerAddress } from '../facts/load-balancer-address';
import { gatewaysWithoutLocality, nodeLocalities } from '../facts/node-localities';
import { type ClusterLook, memberClusterReport } from '../report/member-cluster-report';
import { isWorthWriting } from '../report/status-change';
import type { PrimaryKind } from '../primary-kind';
import type { TargetCluster } from './target-cluster';
import type { TargetClusters } from './target-clusters';
import type { ZoneCopies } from './zone-copies';

/** What the reporter works with. */
export interface MemberClusterReporterOptions {
  /** The gateway cluster. */
  readonly client: Pick<KubeClient, 'replaceStatus'>;
  readonly clock: Clock;
  readonly copies: ZoneCopies;
  readonly clusters: TargetClusters;
  /** Services of a gateway namespace in the gateway cluster. */
  readonly gatewayServices: (namespace: string) => readonly Service[];
  /** Gateways that select gateway pods. */
  readonly gateways: () => readonly Gateway[];
  readonly primary: PrimaryKind;
}

const HEARTBEAT_MS = 60 * 1000;
const LOOK_AGAIN_MS = 15 * 1000;
const RETRY_MS = 500;
const VERSION_TIMEOUT_MS = 5000;

/** Reports on one cluster of the zone at a time, in the status of its MemberCluster copy. */
export class MemberClusterReporter {
  constructor(private readonly options: MemberClusterReporterOptions) {}

  /** One look at a cluster, by name. */
  async run(name: string, signal: AbortSignal): Promise<RunResult> {
    const { copies, clock } = this.options;
    const look = await this.look(name, signal);
    const cluster = copies.memberClusters.get(name);
    if (cluster === undefined) return {};
    const nowMs = clock.nowMs();
    const report = memberClusterReport({ cluster, look, bundles: copies.bundlesOf(name), nowMs });
    const before = cluster.status === undefined ? undefined : comparable(cluster.status);
    if (!isWorthWriting(before, comparable(report), { nowMs, heartbeatMs: HEARTBEAT_MS })) {
      return { requeueAfterMs: LOOK_AGAIN_MS };
    }
    const written = await this.write(cluster, { ...cluster.status, ...report });
    return { requeueAfterMs: written ? LOOK_AGAIN_MS : RETRY_MS };
  }

  private async look(name: string, signal: AbortSignal): Promise<ClusterLook> {
    const target = this.options.clusters.get(name);
    if (target === undefined) return { kind: 'unknown', message: this.options.clusters.problemOf(name) };
    try {
      const { gitVersion } = await target.client.version({ signal, timeoutMs: VERSION_TIMEOUT_MS });
      if (!target.nodes.isSynced)
        return { kind: 'unreachable', message: target.trouble ?? 'its nodes are not known yet' };
      return { kind: 'reached', version: gitVersion, facts: this.factsOf(target) };
    } catch (cause) {
      return { kind: 'unreachable', message: toFlotillaError(cause).message };
    }
  }

  private factsOf(target: TargetCluster): MemberClusterFacts {
    const nodes = target.nodes.list();
    return {
      gatewayAddresses: this.gatewayAddresses(target),
      nodeLocalities: [...nodeLocalities(nodes)],
      gatewaysWithoutLocality: [
        ...gatewaysWithoutLocality(
          this.options.gateways(),
          this.gatewayNamespaces(target).flatMap((namespace) => target.pods(namespace) ?? []),
          nodes,
        ),
      ],
      ...(target === this.options.clusters.gateway ? { primary: this.options.primary } : {}),
      namespaces: target.namespaces.size,
      observedAt: formatTime(this.options.clock.nowMs()),
    };
  }

  private gatewayAddresses(target: TargetCluster): MemberClusterFacts['gatewayAddresses'] {
    const { gatewayServices, clusters } = this.options;
    if (target !== clusters.gateway) return [];
    return this.meshes().flatMap((mesh) => {
      if (mesh.spec === undefined) return [];
      const services = gatewayServices(gatewayNamespaceOf(mesh.spec)).filter(isShared);
      const addresses = services.map(loadBalancerAddress).flatMap(({ address, hostname }) => {
        if (address === undefined) return [];
        return [{ mesh: mesh.metadata.name, address, ...(hostname === undefined ? {} : { hostname }) }];
      });
      return addresses.sort((left, right) => (left.address < right.address ? -1 : 1));
    });
  }

  /** Gateways run in the gateway cluster only. */
  private gatewayNamespaces(target: TargetCluster): readonly string[] {
    if (target !== this.options.clusters.gateway) return [];
    const namespaces = this.meshes().flatMap(({ spec }) => (spec === undefined ? [] : [gatewayNamespaceOf(spec)]));
    return [...new Set(namespaces)];
  }

  private meshes(): readonly Mesh[] {
    return [...this.options.copies.meshes.list()].sort((left, right) =>
      left.metadata.name < right.metadata.name ? -1 : 1,
    );
  }

  private async write(cluster: MemberCluster, status: MemberCluster['status']): Promise<boolean> {
    try {
      const object: MemberCluster = status === undefined ? cluster : { ...cluster, status };
      await this.options.client.replaceStatus(memberClusterKind, object, { fieldManager: 'flotilla-zone' });
      return true;
    } catch (cause) {
      if (cause instanceof KubeApiError && (cause.isConflict || cause.isNotFound)) return false;
      throw cause;
    }
  }
}

/** Dedicated addresses belong to one access point, and are reported on its bundle. */
function isShared({ metadata, spec }: Service): boolean {
  return spec?.type === 'LoadBalancer' && metadata.labels?.[labels.tier] !== 'web';
}

type Status = NonNullable<MemberCluster['status']>;

/** What makes a status worth a write: everything but the times of the look, and what citadel writes. */
function comparable({ lastContact, facts, certificateRequests: _requests, ...rest }: Status): ComparableStatus {
  return {
    ...rest,
    facts: facts === undefined ? undefined : { ...facts, observedAt: undefined },
    observedAt: lastContact,
  };
}

interface ComparableStatus extends Omit<Status, 'facts' | 'lastContact' | 'certificateRequests'> {
  readonly facts: Status['facts'];
  readonly observedAt: string | undefined;
}
