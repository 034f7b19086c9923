export { assignmentOf } from './client-shares';
export { parseScenario, type Scenario, type ScenarioOptions } from './scenario';
export { simulate, simulatedFleet, type SimulatedHost, type Simulation, type SimulationInput } from './simulate';
export { gatewayProxy, grpcProxy, modelOf } from './zone-clients';
export { type ZoneView, zoneView } from './zone-view';
