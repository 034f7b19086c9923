import type { EndpointSlice, Service } from '../../istio';
import type { Logger } from '../../kernel';
import { KubeApiError, type KubeClient } from '../../kube';
import { coreKinds, namespacedName } from '../../kube/schema';
import { desiredSlices, sliceContent } from './endpoint-slices';
import type { SimulatedPod } from './simulated-pod';

const FIELD_MANAGER = 'demo-endpointslice-controller';

/**
 * Writes the EndpointSlices of a demo cluster: what changed, and only that. The upstream API server refuses loopback
 * addresses in them; such a slice is reported once and left out (the mesh finds the pods by ServiceEntry all the same).
 */
export class SliceWriter {
  private readonly refused = new Map<string, string>();

  constructor(
    private readonly client: Pick<KubeClient, 'create' | 'replace' | 'delete'>,
    private readonly zone: string,
    private readonly logger: Logger,
  ) {}

  /** @param existing the slices that this controller wrote, as the cluster has them now */
  async reconcile(
    services: readonly Service[],
    pods: readonly SimulatedPod[],
    existing: readonly EndpointSlice[],
  ): Promise<void> {
    const current = new Map(existing.map((slice) => [namespacedName(slice), slice]));
    const desired = desiredSlices(services, pods, () => this.zone);
    const wanted = new Set(desired.map(namespacedName));
    for (const slice of desired) await this.writeUnlessRefused(slice, current.get(namespacedName(slice)));
    for (const { metadata } of existing.filter((slice) => !wanted.has(namespacedName(slice)))) {
      await this.client.delete(coreKinds.endpointSlice, metadata.name, metadata.namespace);
    }
  }

  private async writeUnlessRefused(slice: EndpointSlice, current: EndpointSlice | undefined): Promise<void> {
    const key = namespacedName(slice);
    const content = sliceContent(slice);
    if (this.refused.get(key) === content) return;
    try {
      await this.write(slice, current);
    } catch (cause) {
      if (!(cause instanceof KubeApiError && cause.statusCode === 422)) throw cause;
      const isNews = !this.refused.has(key);
      this.refused.set(key, content);
      if (isNews) this.logger.warn('the API server refuses an EndpointSlice', { slice: key, reason: cause.message });
    }
  }

  private async write(slice: EndpointSlice, current: EndpointSlice | undefined): Promise<void> {
    const options = { fieldManager: FIELD_MANAGER };
    if (current === undefined) {
      await this.client.create(coreKinds.endpointSlice, slice, options);
    } else if (sliceContent(current) !== sliceContent(slice)) {
      const { resourceVersion, uid } = current.metadata;
      const metadata = { ...slice.metadata, ...(resourceVersion ? { resourceVersion } : {}), ...(uid ? { uid } : {}) };
      await this.client.replace(coreKinds.endpointSlice, { ...slice, metadata }, options);
    }
  }
}
