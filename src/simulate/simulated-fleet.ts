import type { HubObjects } from '../federation';
import type { Manifest } from '../federation/api';
import type { KubeObject } from '../kube/schema';
import type { Scenario } from './scenario';

/** What is simulated: the fleet, a scenario, and a moment. */
export interface SimulatedFleet {
  readonly hub: HubObjects;
  /** Everything that the access points become, with the cluster in the annotation `federation.flotilla.dev/cluster`. */
  readonly manifests: readonly Manifest[];
  /** Pods of the input, annotated with their cluster; without any for a zone, some are imagined. */
  readonly pods: readonly KubeObject[];
  readonly scenario: Scenario;
  readonly nowMs: number;
  /** Address of an imagined pod, by the place of its zone and access point in their lists and its own number. */
  readonly podAddress: (zone: number, accessPoint: number, pod: number) => string;
}
