export { type FleetPlan, type FleetZone, readFleetPlan, wellKnownPorts, zoneOfPlan } from './fleet-plan';
