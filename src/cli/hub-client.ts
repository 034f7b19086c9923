import { KubeClient } from '../kube';
import { hubConnection } from './kubeconfig-files';

/**
 * A client of the hub's API server. Its owner closes it.
 * @param path the kubeconfig; what KUBECONFIG names when left out
 * @throws FlotillaError as `hubConnection`
 */
export async function openHub(path: string | undefined): Promise<KubeClient> {
  return new KubeClient({ ...(await hubConnection(path)), cluster: 'hub' });
}
