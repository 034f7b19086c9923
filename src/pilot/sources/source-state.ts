import type { InformerState } from '../../kube';
import { KubeApiError } from '../../kube';

/**
 * How far one kind in one namespace is read. `Absent`: the cluster does not know the kind (its CRD is not installed), which
 * is as good as no objects; it is looked for again and again.
 */
export type SourceStateKind = 'Syncing' | 'Live' | 'Stalled' | 'Forbidden' | 'Absent';

/** One source and what is known of it. */
export interface SourceState {
  readonly cluster: string;
  /** Plural of the kind, `virtualservices.networking.istio.io`. */
  readonly resource: string;
  /** `undefined`: all namespaces. */
  readonly namespace?: string;
  readonly state: SourceStateKind;
  readonly objects: number;
  readonly sinceMs?: number;
  readonly message?: string;
}

/** The state of an informer, with a missing kind told apart from a missing server. */
export function stateKindOf(state: InformerState): SourceStateKind {
  return isAbsent(state) ? 'Absent' : state.kind;
}

function isAbsent(state: InformerState): boolean {
  return state.kind === 'Stalled' && state.error instanceof KubeApiError && state.error.isNotFound;
}
