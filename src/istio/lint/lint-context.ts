/** A gateway workload, as far as traps depend on it. */
export interface GatewayWorkload {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `region/zone` of its node; empty when the node has no such labels, undefined when nothing is known of the node. */
  readonly locality?: string;
}

/** What is known beside the objects. What is left out is not judged. */
export interface LintContext {
  readonly gateways?: readonly GatewayWorkload[];
  /** Zones (`region/zone`) of the clients that these objects configure. */
  readonly zones?: readonly string[];
  /**
   * Who serves the proxies: an upstream istiod knows nothing of Flotilla's annotations. Left out where a zone agent applies the objects: beside an
   * istiod, it moves the weights along the order of failover.
   */
  readonly primary?: 'flotilla' | 'istiod';
  /** The objects are all that there are, so that what is missing is missing indeed. */
  readonly complete?: boolean;
  /** Clusters whose Istio objects nobody reads: a primary reads them in its own cluster only. */
  readonly remoteClusters?: readonly string[];
  /** Where mesh-wide policies are. */
  readonly rootNamespace?: string;
}
