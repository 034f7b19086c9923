/** A gateway workload, as far as traps depend on it. */
export interface GatewayWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `region/zone` of its node; undefined or empty when the node has no such labels. */
  readonly locality?: string;
}

/** What is known beside the objects. What is left out is not judged. */
export interface LintContext {
  readonly gateways?: readonly GatewayWorkload[];
  /** Zones (`region/zone`) that clients and endpoints are in. */
  readonly zones?: readonly string[];
  /** Who serves the proxies: an upstream istiod knows nothing of Flotilla's annotations. */
  readonly primary?: 'flotilla' | 'istiod';
  /** The objects are all that there are, so that what is missing is missing indeed. */
  readonly complete?: boolean;
  /** Clusters whose Istio objects nobody reads: a primary reads them in its own cluster only. */
  readonly remoteClusters?: readonly string[];
  /** Where mesh-wide policies are. */
  readonly rootNamespace?: string;
}
