export { type LocalityIntent, localityShares, type LocalityShares, zonesByDistance } from './locality-shares';
export { type PoolLocality, poolShares } from './pool-locality';
