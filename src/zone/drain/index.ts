export { remoteMembersOf } from '../facts/bundle-members';
export { deadZonesOf } from './dead-zones';
export { decideEntryHealth } from './decide-entry-health';
export { drainsOf } from './drains-of';
export { moveWeights } from './move-weights';
