import { Inject, Injectable } from '@nestjs/common';
import { Informer } from '../../../kube';
import { coreKinds, type KubeObject, type ResourceKind } from '../../../kube/schema';
import { type WorkloadClusters, workloadClustersOf } from '../../placement';
import { HUB_SETTINGS, type HubSettings } from '../setup';

/** Kinds of other systems that say where a workload runs. */
const WORKLOAD_KINDS: readonly ResourceKind[] = [
  {
    group: 'work.karmada.io',
    version: 'v1alpha2',
    kind: 'ResourceBinding',
    plural: 'resourcebindings',
    namespaced: true,
  },
  {
    group: 'cluster.open-cluster-management.io',
    version: 'v1beta1',
    kind: 'PlacementDecision',
    plural: 'placementdecisions',
    namespaced: true,
  },
];

/** Where workloads of Karmada and OCM run, for hubs whose API server has those kinds; followed from when their definitions appear. */
@Injectable()
export class WorkloadCaches {
  private readonly definitions: Informer<KubeObject>;
  private readonly informers = new Map<string, Informer<KubeObject>>();
  private readonly listeners: (() => void)[] = [];

  constructor(@Inject(HUB_SETTINGS) private readonly settings: HubSettings) {
    this.definitions = this.informer(coreKinds.customResourceDefinition, ({ apiVersion, kind, metadata }) => ({
      apiVersion,
      kind,
      metadata,
    }));
  }

  /** Tells, as long as the caches live, whenever a workload may have moved. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Begins to follow the definitions, and the kinds as they come. */
  start(): void {
    this.definitions.onChange((name, current) => {
      const kind = WORKLOAD_KINDS.find(({ group, plural }) => `${plural}.${group}` === name);
      if (kind !== undefined && current !== undefined) this.follow(name, kind);
    });
    this.definitions.start();
  }

  /** Ends every watch. */
  async stop(): Promise<void> {
    await Promise.all([this.definitions, ...this.informers.values()].map((informer) => informer.stop()));
  }

  /** Where every workload runs, as last seen. A kind whose definition is gone keeps what was last known of it. */
  list(): readonly WorkloadClusters[] {
    return [...this.informers.values()].flatMap((informer) =>
      informer.list().flatMap((object) => workloadClustersOf(object) ?? []),
    );
  }

  private follow(name: string, kind: ResourceKind): void {
    if (this.informers.has(name)) return;
    const informer = this.informer(kind);
    this.informers.set(name, informer);
    informer.onChange(() => {
      for (const listener of this.listeners) listener();
    });
    informer.start();
  }

  private informer(kind: ResourceKind, transform?: (object: KubeObject) => KubeObject): Informer<KubeObject> {
    const { client, clock, random, logger } = this.settings;
    return new Informer<KubeObject>({
      client,
      kind,
      clock,
      random,
      logger,
      ...(transform === undefined ? {} : { transform }),
    });
  }
}
