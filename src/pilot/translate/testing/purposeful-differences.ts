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
  {
    reason: "No alpn_override: only Istio's own ALPN filter reads it, which a plain Envoy does not have.",
    explains: ({ path, recorded, ours }) =>
      /^cds\/.*\/metadata\/filterMetadata\/istio\/alpn_override$/.test(path) &&
      recorded === 'false' &&
      ours === undefined,
  },
  {
    reason:
      'Exact shares: a pattern that covers several localities divides its percentage among them as a fraction, where istiod rounds each part up (65 % over weights 3 and 4 became 28 + 38).',
    explains: ({ path, recorded, ours }, name) =>
      name === 'mesh/22-endpoint-weights-with-distribute' &&
      path.startsWith('eds/outbound|80||stock.shop.example.com/') &&
      path.endsWith('/loadBalancingWeight') &&
      EXACT_STOCK_WEIGHTS.get(recorded) === ours,
  },
];

/** 65 × 3/7, 65 × 4/7 and twice 35 × 1/2, each times 14: what istiod rounded up, and what stands here instead. */
const EXACT_STOCK_WEIGHTS: ReadonlyMap<unknown, unknown> = new Map([
  [28, 390],
  [38, 520],
  [18, 245],
]);

function isWorkloadMetadata(recorded: unknown): boolean {
  const text = JSON.stringify(recorded);
  return /^(\{"filterMetadata":\{"istio":)?\{"workload":"[^"]*"\}(\}\})?$/.test(text);
}
