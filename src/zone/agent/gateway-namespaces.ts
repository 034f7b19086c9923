import type { Clock, Logger } from '../../kernel';
import { Informer, type KubeClient, type Random } from '../../kube';
import { coreKinds } from '../../kube/schema';
import type { Secret, Service } from '../../istio';

/** What following gateway namespaces takes. */
export interface GatewayNamespacesOptions {
  readonly client: KubeClient;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly onChange: () => void;
}

interface Followed {
  readonly services: Informer<Service>;
  readonly secrets: Informer<Secret>;
}

/** Services and certificates in the namespaces that gateways run in. Private keys are not kept. */
export class GatewayNamespaces {
  private readonly followed = new Map<string, Followed>();

  constructor(private readonly options: GatewayNamespacesOptions) {}

  services(namespace: string): readonly Service[] {
    return this.follow(namespace).services.list();
  }

  secret(namespace: string, name: string): Secret | undefined {
    return this.follow(namespace).secrets.get(`${namespace}/${name}`);
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.followed.values()].flatMap(({ services, secrets }) => [services.stop(), secrets.stop()]),
    );
  }

  private follow(namespace: string): Followed {
    const known = this.followed.get(namespace);
    if (known !== undefined) return known;
    const { client, clock, random, logger, onChange } = this.options;
    const shared = { client, namespace, clock, random, logger };
    const services = new Informer<Service>({ ...shared, kind: coreKinds.service });
    const secrets = new Informer<Secret>({ ...shared, kind: coreKinds.secret, transform: onlyCertificates });
    const followed = { services, secrets };
    this.followed.set(namespace, followed);
    for (const informer of [services, secrets]) {
      informer.onChange(() => onChange());
      informer.start();
    }
    return followed;
  }
}

function onlyCertificates({ apiVersion, kind, metadata, type, data }: Secret): Secret {
  const certificates = Object.entries(data ?? {}).filter(([field]) => field === 'tls.crt' || field === 'cert');
  return {
    apiVersion,
    kind,
    metadata,
    ...(type === undefined ? {} : { type }),
    data: Object.fromEntries(certificates),
  };
}
