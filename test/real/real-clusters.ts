import { copyFileSync, readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { customResourceDefinitionsOf } from '../../src/cli/custom-resource-definitions';
import type { ClusterProvider, ClusterRequest } from '../../src/demo';
import { KubeClient, parseKubeconfig } from '../../src/kube';
import { coreKinds, type KubeObject } from '../../src/kube/schema';
import { type RealCluster, type RealControlPlane } from './real-control-plane';
import { realPart } from './real-parts';

/** The clusters of a demo fleet, the hub's included, as upstream kube-apiservers over one etcd. */
export class RealClusters implements ClusterProvider {
  readonly servesHub = true;
  private readonly clusters = new Map<string, RealCluster>();

  constructor(private readonly plane: RealControlPlane) {}

  /** Gateway clusters get Istio's own CustomResourceDefinitions beside Flotilla's; the hub installs its kinds by itself. */
  async start({ name, role, kubeconfigFile }: ClusterRequest): Promise<void> {
    const cluster = await this.plane.cluster(name);
    this.clusters.set(name, cluster);
    copyFileSync(cluster.kubeconfigFile, kubeconfigFile);
    if (role === 'gateway') await installDefinitions(cluster);
  }

  async kill(name: string, signal: NodeJS.Signals): Promise<void> {
    await this.clusters.get(name)?.stop(signal);
  }

  async restart(name: string): Promise<void> {
    await this.clusters.get(name)?.start();
  }

  stopAll(): Promise<void> {
    return this.plane.stop();
  }
}

/** Gives a cluster Istio's own CustomResourceDefinitions and Flotilla's. */
export async function installDefinitions(cluster: RealCluster): Promise<void> {
  await install(cluster, [...istioDefinitions(), ...customResourceDefinitionsOf('flotilla')]);
}

function istioDefinitions(): KubeObject[] {
  const documents = parseAllDocuments(readFileSync(realPart('istioCrds'), 'utf8'));
  return documents.map((document) => document.toJS() as KubeObject | null).filter((object) => object !== null);
}

async function install({ kubeconfig }: RealCluster, definitions: readonly KubeObject[]): Promise<void> {
  const client = new KubeClient(parseKubeconfig(kubeconfig));
  try {
    await Promise.all(
      definitions.map((definition) =>
        client.apply(coreKinds.customResourceDefinition, definition, { fieldManager: 'test', force: true }),
      ),
    );
  } finally {
    await client.close();
  }
}
