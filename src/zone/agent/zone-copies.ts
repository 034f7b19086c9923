import {
  type Bundle,
  bundleKind,
  type MemberCluster,
  memberClusterKind,
  type Mesh,
  meshKind,
  SYSTEM_NAMESPACE,
} from '../../federation/api';
import type { Clock, Logger } from '../../kernel';
import { Informer, type KubeClient, type Random } from '../../kube';

/** What the hub has written into the gateway cluster, as last seen: all that a zone needs to know. */
export class ZoneCopies {
  readonly bundles: Informer<Bundle>;
  readonly memberClusters: Informer<MemberCluster>;
  readonly meshes: Informer<Mesh>;

  constructor(options: {
    readonly client: KubeClient;
    readonly clock: Clock;
    readonly random: Random;
    readonly logger: Logger;
  }) {
    this.bundles = new Informer<Bundle>({ ...options, kind: bundleKind, namespace: SYSTEM_NAMESPACE });
    this.memberClusters = new Informer<MemberCluster>({ ...options, kind: memberClusterKind });
    this.meshes = new Informer<Mesh>({ ...options, kind: meshKind });
  }

  /** Follows the copies, and waits until all are known. */
  async start(signal: AbortSignal): Promise<void> {
    const all = [this.bundles, this.memberClusters, this.meshes];
    for (const informer of all) informer.start();
    await Promise.all(all.map((informer) => informer.whenSynced(signal)));
  }

  /** A bundle by its name. */
  bundle(name: string): Bundle | undefined {
    return this.bundles.get(`${SYSTEM_NAMESPACE}/${name}`);
  }

  /** The bundles for one cluster. */
  bundlesOf(cluster: string): readonly Bundle[] {
    return this.bundles.list().filter(({ spec }) => spec?.cluster === cluster);
  }

  async stop(): Promise<void> {
    await Promise.all([this.bundles.stop(), this.memberClusters.stop(), this.meshes.stop()]);
  }
}
