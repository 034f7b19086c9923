export { assignmentOf } from './client-shares';
export { parseScenario, type Scenario, type ScenarioOptions } from './scenario';
export { simulate, simulatedFleet, type Simulation, type SimulationInput } from './simulate';
export type { SimulatedHost } from './simulated-host';
export { gatewayProxy, grpcProxy, modelOf } from './zone-clients';
export { type ZoneView, zoneView } from './zone-view';
