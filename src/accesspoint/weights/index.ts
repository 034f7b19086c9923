export { type LocalityIntent, localityShares, type LocalityShares, zonesByDistance } from './locality-shares';
