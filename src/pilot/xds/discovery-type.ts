import { typeUrlOf } from '../proto';

/** Short names of the resource types, as in `flotilla xds --type`. */
export type DiscoveryTypeName = 'cds' | 'eds' | 'lds' | 'rds' | 'sds';

/** A resource type of xDS and how the protocol treats it. */
export interface DiscoveryType {
  readonly name: DiscoveryTypeName;
  readonly typeUrl: string;
  /**
   * A state-of-the-world answer is the whole state: what it leaves out is deleted, and asking for no names means all
   * (Envoy's xDS protocol, "Resource Types" and "How the client specifies what resources to return").
   */
  readonly whole: boolean;
}

/** All types in the order of a push, which is make-before-break: what is referred to comes before what refers to it. */
export const discoveryTypes: readonly DiscoveryType[] = [
  { name: 'cds', typeUrl: typeUrlOf('envoy.config.cluster.v3.Cluster'), whole: true },
  { name: 'eds', typeUrl: typeUrlOf('envoy.config.endpoint.v3.ClusterLoadAssignment'), whole: false },
  { name: 'lds', typeUrl: typeUrlOf('envoy.config.listener.v3.Listener'), whole: true },
  { name: 'rds', typeUrl: typeUrlOf('envoy.config.route.v3.RouteConfiguration'), whole: false },
  { name: 'sds', typeUrl: typeUrlOf('envoy.extensions.transport_sockets.tls.v3.Secret'), whole: false },
];

/** The type of a type URL; `undefined` for one that Flotilla does not serve. */
export function discoveryTypeOf(typeUrl: string): DiscoveryType | undefined {
  return discoveryTypes.find((type) => type.typeUrl === typeUrl);
}
