export { MemberClusterController } from './member-cluster-controller';
export type { ZoneListener } from './zone-connection';
export { ZoneConnections } from './zone-connections';
