import { toFlotillaError } from '../../../kernel';
import { type ConnectionOptions, KubeClient, parseKubeconfig } from '../../../kube';
import { coreKinds } from '../../../kube/schema';
import { type MemberCluster, SYSTEM_NAMESPACE } from '../../api';

/** A context of the kubeconfig of whoever asks. */
export interface ClusterContext {
  readonly name: string;
  readonly connection: ConnectionOptions;
  /** The person said that it leads to this cluster; else its name says so. */
  readonly chosen: boolean;
}

/** The context that leads to a cluster; undefined when there is none, a text when there is one that cannot be used, with the reason. */
export type ContextOf = (cluster: string) => ClusterContext | string | undefined;

/** A client of a cluster. */
export interface ReachedCluster {
  readonly client: KubeClient;
  /** How it is reached: `the hub's credentials`, or `context NAME`. */
  readonly by: string;
}

/** How plans call the credentials that the hub has. */
export const HUB_CREDENTIALS = "the hub's credentials";

/** A plan is waited for by a person: shorter than what a controller may wait. */
const PATIENCE = { requestTimeoutMs: 10_000, pool: { connectTimeoutMs: 5_000 } };

/**
 * Clients of a fleet's clusters, with what whoever asks may use: contexts of the own kubeconfig, and for gateway clusters the
 * credentials that the hub has. The hub has none of workload clusters. Its owner closes it.
 */
export class ClusterClients {
  private readonly members: ReadonlyMap<string, MemberCluster>;
  private readonly reached = new Map<string, Promise<ReachedCluster | string>>();

  /** @param contextOf left out where nobody has a kubeconfig, as in the hub's REST API */
  constructor(
    private readonly hub: KubeClient,
    members: readonly MemberCluster[],
    private readonly contextOf?: ContextOf,
  ) {
    this.members = new Map(members.map((member) => [member.metadata.name, member]));
  }

  /** A client of a cluster, the same each time, or why there is none. A context that was chosen for it goes first, one of its name last. */
  reach(cluster: string): Promise<ReachedCluster | string> {
    const known = this.reached.get(cluster) ?? this.open(cluster);
    this.reached.set(cluster, known);
    return known;
  }

  /** Closes every client that was opened. */
  async close(): Promise<void> {
    for (const answer of await Promise.all(this.reached.values())) {
      if (typeof answer !== 'string') await answer.client.close();
    }
  }

  private async open(cluster: string): Promise<ReachedCluster | string> {
    const member = this.members.get(cluster);
    const context = this.contextOf?.(cluster);
    const chosen = typeof context === 'object' && context.chosen;
    const fromHub = chosen ? undefined : await this.connectionOfHub(member);
    if (typeof fromHub === 'object') return { client: openClient(fromHub, cluster), by: HUB_CREDENTIALS };
    if (context === undefined) return fromHub ?? this.nothingKnown();
    if (typeof context === 'string') return context;
    const wrong = chosen ? undefined : leadsElsewhere(context, member);
    if (wrong !== undefined) return wrong;
    return { client: openClient(context.connection, cluster), by: `context ${context.name}` };
  }

  private nothingKnown(): string {
    const onlyZone = 'only its zone has credentials for it';
    return this.contextOf === undefined ? onlyZone : `${onlyZone}, and no context has its name (--cluster-context)`;
  }

  /** What the hub has of a gateway cluster, or why that cannot be used; undefined where it has nothing. */
  private async connectionOfHub(member: MemberCluster | undefined): Promise<ConnectionOptions | string | undefined> {
    const { role, credentialsSecretRef } = member?.spec ?? {};
    if (role !== 'Gateway') return undefined;
    if (credentialsSecretRef === undefined) return 'it names no credentialsSecretRef';
    try {
      const secret = await this.hub.get(coreKinds.secret, credentialsSecretRef.name, SYSTEM_NAMESPACE);
      const { kubeconfig } = (secret?.data ?? {}) as { readonly kubeconfig?: string };
      if (kubeconfig === undefined) return `Secret ${credentialsSecretRef.name} has no kubeconfig`;
      return parseKubeconfig(Buffer.from(kubeconfig, 'base64').toString('utf8'), undefined, { untrusted: true });
    } catch (cause) {
      return toFlotillaError(cause).message;
    }
  }
}

function openClient(connection: ConnectionOptions, cluster: string): KubeClient {
  return new KubeClient({ ...connection, cluster }, PATIENCE);
}

/** Names of contexts are made up by people: one that has the name of a cluster and the address of another is not asked. */
function leadsElsewhere({ name, connection }: ClusterContext, member: MemberCluster | undefined): string | undefined {
  const declared = member?.spec?.apiServer;
  if (declared === undefined || originOf(declared) === originOf(connection.server)) return undefined;
  return `context ${name} leads to ${connection.server}, the MemberCluster to ${declared}; name it with --cluster-context if it is right`;
}

function originOf(address: string): string {
  const text = address.includes('://') ? address : `https://${address}`;
  return URL.canParse(text) ? new URL(text).origin : address;
}
