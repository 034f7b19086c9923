import { readFile } from 'node:fs/promises';
import { FlotillaError } from '../kernel';
import { KubeClient, parseKubeconfig } from '../kube';

/**
 * A client of the hub's API server. Its owner closes it.
 * @param path the kubeconfig; the one that KUBECONFIG names when left out
 * @throws FlotillaError FLO3084 when there is none
 */
export async function openHub(path: string | undefined): Promise<KubeClient> {
  const file = path ?? process.env.KUBECONFIG;
  if (file === undefined || file === '') {
    throw new FlotillaError('no hub was named', {
      code: 'FLO3084',
      retry: 'after-change',
      hint: 'give its kubeconfig with --kubeconfig or in KUBECONFIG, or compare files with --base',
    });
  }
  return new KubeClient({ ...parseKubeconfig(await readFile(file, 'utf8')), cluster: 'hub' });
}
