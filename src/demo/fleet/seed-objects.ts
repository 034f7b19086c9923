import { readFileSync } from 'node:fs';
import { KubeClient, parseKubeconfig } from '../../kube';
import type { KubeObject } from '../../kube/schema';
import type { FleetPlan, FleetZone } from '../plan/fleet-plan';
import { hubObjects } from '../plan/hub-objects';
import { gatewayClusterObjects, remoteSecret, workloadClusterObjects } from '../plan/zone-objects';

const FIELD_MANAGER = 'flotilla-demo';

/** Opens a cluster by its kubeconfig file, for the length of some work. */
export async function withCluster<T>(kubeconfigFile: string, work: (client: KubeClient) => Promise<T>): Promise<T> {
  const client = new KubeClient(parseKubeconfig(readFileSync(kubeconfigFile, 'utf8')));
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** Puts into a zone's two clusters what is there before Flotilla comes. */
export async function seedZone(plan: FleetPlan, zone: FleetZone): Promise<void> {
  const remote = remoteSecret(plan, zone, readFileSync(zone.workloadKubeconfig, 'utf8'));
  await Promise.all([
    applyAll(zone.workloadKubeconfig, workloadClusterObjects(plan, zone)),
    applyAll(zone.gatewayKubeconfig, [...gatewayClusterObjects(plan, zone), remote]),
  ]);
}

/** Applies on the hub what a platform team would: mesh, clusters, access point. */
export async function seedHub(plan: FleetPlan, hubKubeconfigFile: string): Promise<void> {
  const files = new Map(plan.zones.map((zone) => [zone.gatewayCluster, zone.gatewayKubeconfig]));
  const kubeconfigOf = (cluster: string): string => readFileSync(files.get(cluster) ?? '', 'utf8');
  await applyAll(hubKubeconfigFile, hubObjects(plan, kubeconfigOf));
}

/** Applies objects one after another, in their order: a namespace comes before what is in it. */
async function applyAll(kubeconfigFile: string, objects: readonly KubeObject[]): Promise<void> {
  await withCluster(kubeconfigFile, async (client) => {
    for (const object of objects) {
      const kind = await client.kindOf(object.apiVersion, object.kind);
      await client.apply(kind, object, { fieldManager: FIELD_MANAGER, force: true });
    }
  });
}
