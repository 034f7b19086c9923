import type { Difference } from './compare-resources';

/** A way in which our answers differ from the recorded ones on purpose. */
export interface PurposefulDifference {
  readonly reason: string;
  /** Whether it accounts for a difference found in a case. */
  readonly explains: (difference: Difference, name: string) => boolean;
}

/** All of them. A case that differs in any other way fails, and so does an entry that no case needs. */
export const PURPOSEFUL_DIFFERENCES: readonly PurposefulDifference[] = [
  {
    reason:
      'No private metadata on endpoints: only the telemetry filters that Istio builds into its own Envoy read istio.workload, and it would be sent with every endpoint.',
    explains: ({ path, recorded, ours }) =>
      /^(eds\/.*|cds\/.*\/loadAssignment\/.*)\/lbEndpoints\/.*\/metadata(\/filterMetadata\/istio)?$/.test(path) &&
      ours === undefined &&
      isWorkloadMetadata(recorded),
  },
];

function isWorkloadMetadata(recorded: unknown): boolean {
  const text = JSON.stringify(recorded);
  return /^(\{"filterMetadata":\{"istio":)?\{"workload":"[^"]*"\}(\}\})?$/.test(text);
}
