import type { Registry } from 'prom-client';
import type { Clock, Logger } from '../../kernel';
import type { PrimaryKind } from '../primary-kind';
import type { KubeClient, QueueMetrics, Random } from '../../kube';

/** What a zone process is given by whoever starts it. */
export interface ZoneSettings {
  /** Name of the gateway cluster, and of its MemberCluster. */
  readonly cluster: string;
  /** The gateway cluster's API server. */
  readonly client: KubeClient;
  /** `host:port` of plaintext xDS; loopback only. */
  readonly xds: string;
  /** `host:port` of xDS and the certificate service over TLS. */
  readonly tlsXds: string;
  /** `host:port` of metrics and debug pages. */
  readonly debug: string;
  /** `host:port` of the webhook that judges Istio objects (istiod's is on 15017); none when left out. */
  readonly webhook?: string;
  /** `host:port` of the DNS server for global names; none when left out. */
  readonly dns?: string;
  /** With `istiod` this process serves no proxies: it gives its authority to the istiod beside it. */
  readonly primary: PrimaryKind;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What the debug port shows beside the zone's own metrics, for example those of the client. */
  readonly registry?: Registry;
  /** Where the zone's queues count. */
  readonly queueMetrics?: QueueMetrics;
}

/** Injection token of {@link ZoneSettings}. */
export const ZONE_SETTINGS = Symbol('ZoneSettings');
