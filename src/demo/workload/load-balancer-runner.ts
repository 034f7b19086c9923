import type { Service } from '../../istio';
import type { Logger } from '../../kernel';
import type { KubeClient } from '../../kube';
import { coreKinds } from '../../kube/schema';
import type { ConnectionLedger } from './connection-ledger';
import { assignedAddress, type LoadBalancer, planLoadBalancers } from './load-balancers';
import type { SimulatedPod } from './simulated-pod';
import { type Backend, TcpForwarder } from './tcp-forwarder';

const FIELD_MANAGER = 'demo-load-balancer';

/** Where the load balancers of one cluster listen. */
export interface LoadBalancerRunnerOptions {
  readonly client: Pick<KubeClient, 'patch'>;
  /** First three octets of their addresses. */
  readonly range: string;
  readonly ledger: ConnectionLedger;
  readonly logger: Logger;
}

interface OpenPort {
  readonly forwarder: TcpForwarder;
  backends: readonly Backend[];
}

/**
 * Gives every LoadBalancer Service of a demo cluster an address and real listeners on it. A port without a ready pod
 * behind it does not listen, so that clients are refused at once, as kube-proxy has it.
 */
export class LoadBalancerRunner {
  private readonly open = new Map<string, OpenPort>();
  /** No longer listening, with connections that have not ended yet. */
  private readonly retired = new Set<TcpForwarder>();

  constructor(private readonly options: LoadBalancerRunnerOptions) {}

  async reconcile(services: readonly Service[], pods: readonly SimulatedPod[]): Promise<void> {
    const balancers = planLoadBalancers(services, pods, this.options.range);
    const wanted = new Map(balancers.flatMap(listeners));
    for (const key of [...this.open.keys()].filter((key) => !wanted.has(key))) this.retire(key);
    for (const [key, listener] of wanted) await this.listen(key, listener);
    for (const balancer of balancers) await this.report(balancer);
  }

  /** Breaks every connection. */
  async stop(): Promise<void> {
    const forwarders = [...[...this.open.values()].map(({ forwarder }) => forwarder), ...this.retired];
    this.open.clear();
    await Promise.all(forwarders.map((forwarder) => forwarder.close()));
  }

  private async listen(key: string, { address, port, backends }: Listener): Promise<void> {
    const existing = this.open.get(key);
    if (existing) {
      existing.backends = backends;
      return;
    }
    const { ledger, logger } = this.options;
    const current = (): readonly Backend[] => this.open.get(key)?.backends ?? [];
    const forwarder = await TcpForwarder.listen({ address, port, backends: current, ledger });
    this.open.set(key, { forwarder, backends });
    logger.info('load balancer listens', { address: key });
  }

  private retire(key: string): void {
    const entry = this.open.get(key);
    if (entry === undefined) return;
    this.open.delete(key);
    this.retired.add(entry.forwarder);
    void entry.forwarder.retire().then(() => this.retired.delete(entry.forwarder));
    this.options.logger.info('load balancer stopped listening', { address: key });
  }

  private async report({ service, address }: LoadBalancer): Promise<void> {
    if (assignedAddress(service) === address) return;
    const { name, namespace } = service.metadata;
    const patch = { status: { loadBalancer: { ingress: [{ ip: address, ipMode: 'VIP' }] } } };
    await this.options.client.patch(coreKinds.service, name, namespace, patch, {
      type: 'merge',
      subresource: 'status',
      fieldManager: FIELD_MANAGER,
    });
  }
}

interface Listener {
  readonly address: string;
  readonly port: number;
  readonly backends: readonly Backend[];
}

function listeners({ address, ports }: LoadBalancer): [string, Listener][] {
  return ports
    .filter(({ backends }) => backends.length > 0)
    .map(({ port, backends }) => [`${address}:${port}`, { address, port, backends }]);
}
