/** The API group and version of every hub kind. */
export const FEDERATION_GROUP = 'federation.flotilla.dev';
export const FEDERATION_VERSION = 'v1alpha1';
export const FEDERATION_API_VERSION = `${FEDERATION_GROUP}/${FEDERATION_VERSION}`;

/** The namespace, on the hub and in gateway clusters, that holds Flotilla's own objects: Bundles, credentials, keys. */
export const SYSTEM_NAMESPACE = 'flotilla-system';

/** Field manager of everything that Flotilla applies. */
export const FIELD_MANAGER = 'flotilla';

/** Labels and annotations that Flotilla puts on what it makes. */
export const annotations = {
  /** Cluster that a rendered manifest is for. */
  cluster: 'federation.flotilla.dev/cluster',
  /** `Kind/namespace/name` of the hub object that a manifest comes from. */
  owner: 'federation.flotilla.dev/owner',
  /** Digest of the revision that a manifest was rendered from. */
  revision: 'federation.flotilla.dev/revision',
  /** On a hub object, by whoever writes it: the person behind the change, who then cannot approve it where that is asked for. */
  changedBy: 'federation.flotilla.dev/changed-by',
  /** On a DestinationRule: zones, nearest first, that take over when those with a share are gone (JSON: from zone → zones). */
  failoverOrder: 'federation.flotilla.dev/failover-order',
  /** On a DestinationRule: zones that are drained, with the time at which each drain ends (JSON: zone → RFC 3339). */
  drains: 'federation.flotilla.dev/drains',
  /** Beside it: what the shares follow from once drains end, which a zone carries out without the hub (JSON: `PoolLocality`). */
  poolLocality: 'federation.flotilla.dev/pool-locality',
  /** On a WorkloadEntry of a NameService: the member of the name that it stands for, whose health it follows. */
  member: 'federation.flotilla.dev/member',
  /**
   * On a WorkloadEntry: the Service (`namespace/name`, of any cluster of the zone) that its address stands for. Our pilot puts that Service's
   * endpoints in the address's place, which then share the entry's weight; any other control plane keeps the address.
   */
  endpointsOf: 'federation.flotilla.dev/endpoints-of',
  /** On the LoadBalancer Service of a dedicated access point: every address of its own, IPv4 first, separated by commas. */
  addresses: 'federation.flotilla.dev/addresses',
  /**
   * On an access point, and on its DestinationRules: what each zone can serve, in requests per second (JSON: zone → number). Half-dead zones
   * hand over within it, and `simulate` warns beyond it.
   */
  capacity: 'federation.flotilla.dev/capacity',
  /** Beside it: what the clients of each zone send, in requests per second (JSON: zone → number). */
  demand: 'federation.flotilla.dev/demand',
  /** On a NameService: within how many seconds its clients should be elsewhere when a target dies; `simulate` warns when DNS takes longer. */
  failoverSeconds: 'federation.flotilla.dev/failover-seconds',
  /** On a Gateway: the issuer that puts certificates into its servers' credentialName Secrets; only `mesh` today. */
  certificateIssuer: 'federation.flotilla.dev/certificate-issuer',
} as const;

/** Labels on every emitted object; `bundle` makes pruning a lookup. */
export const labels = {
  managedBy: 'app.kubernetes.io/managed-by',
  bundle: 'federation.flotilla.dev/bundle',
  /** On the WorkloadEntries of a NameService: what its ServiceEntry selects them by. */
  name: 'federation.flotilla.dev/name',
  /** On LoadBalancer Services: `app` for the VIP that other zones point to, `web` for an address in front of the gateways. */
  tier: 'federation.flotilla.dev/tier',
} as const;
