import { FlotillaError } from '../../kernel';
import { apiVersionOf, parseApiVersion, type ResourceKind } from '../schema';

/** Fetches the APIResourceList of an apiVersion; undefined when the server does not have it. */
export type FetchResources = (apiVersion: string) => Promise<unknown>;

/**
 * Which kinds a cluster serves, learnt per API version when first asked. A kind that is not known is looked up anew
 * each time, since its CRD may just have been installed; callers at the same moment share one look-up.
 */
export class Discovery {
  private readonly known = new Map<string, ResourceKind>();
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly cluster: string,
    private readonly fetchResources: FetchResources,
  ) {}

  /** @throws FlotillaError FLO2014 when the cluster does not serve the kind, KubeApiError when it cannot be asked. */
  async kindOf(apiVersion: string, kind: string): Promise<ResourceKind> {
    const key = `${apiVersion}/${kind}`;
    if (!this.known.has(key)) await this.refresh(apiVersion);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    throw new FlotillaError(`looking up ${kind} (${apiVersion}) in cluster ${this.cluster} failed: it is not served`, {
      code: 'FLO2014',
      hint: 'install the CustomResourceDefinition, or correct apiVersion and kind',
    });
  }

  private refresh(apiVersion: string): Promise<void> {
    const running = this.fetching.get(apiVersion);
    if (running !== undefined) return running;
    const started = this.fetchResources(apiVersion)
      .then((list) => this.remember(apiVersion, list))
      .finally(() => this.fetching.delete(apiVersion));
    this.fetching.set(apiVersion, started);
    return started;
  }

  private remember(apiVersion: string, list: unknown): void {
    for (const kind of parseResourceList(apiVersion, list)) {
      this.known.set(`${apiVersionOf(kind)}/${kind.kind}`, kind);
    }
  }
}

/** The kinds in a metav1.APIResourceList, without subresources. */
export function parseResourceList(apiVersion: string, list: unknown): readonly ResourceKind[] {
  const resources = (list as { resources?: unknown } | undefined)?.resources;
  if (!Array.isArray(resources)) return [];
  const { group, version } = parseApiVersion(apiVersion);
  return (resources as { name?: unknown; kind?: unknown; namespaced?: unknown }[]).flatMap(
    ({ name, kind, namespaced }) =>
      typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')
        ? []
        : [{ group, version, kind, plural: name, namespaced: namespaced === true }],
  );
}
