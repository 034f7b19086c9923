export { LiveFleet } from './live-fleet';
