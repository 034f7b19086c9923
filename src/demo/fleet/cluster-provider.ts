/** One cluster that a fleet needs. */
export interface ClusterRequest {
  /** As MemberCluster names it; `hub` for the hub's own API. */
  readonly name: string;
  readonly role: 'hub' | 'gateway' | 'workload';
  /** A folder of its own, for whatever it keeps. */
  readonly folder: string;
  /** Where its admin kubeconfig has to be when `start` resolves. It stays valid across `kill` and `restart`. */
  readonly kubeconfigFile: string;
}

/**
 * Where a fleet's API servers come from. The default runs Flotilla's embedded one; tests run real ones behind the same port. A
 * gateway cluster must know Flotilla's and Istio's kinds, a hub Flotilla's; a workload cluster needs no custom kinds.
 */
export interface ClusterProvider {
  /** False when the hub process brings its own API server; then `start` is never asked for the hub. */
  readonly servesHub: boolean;
  /** Resolves when the API answers. */
  start(request: ClusterRequest): Promise<void>;
  kill(name: string, signal: NodeJS.Signals): Promise<void>;
  restart(name: string): Promise<void>;
  /** Ends everything that it started. */
  stopAll(): Promise<void>;
}
