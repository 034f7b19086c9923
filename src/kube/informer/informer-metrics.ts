import type { InformerState } from './informer-state';

/** Where an informer counts. */
export interface InformerMetrics {
  /** Called on each change of state. */
  setState(labels: InformerLabels, state: InformerState['kind']): void;
  setObjects(labels: InformerLabels, objects: number): void;
  countEvents(labels: InformerLabels, events: number): void;
  /** The whole state was fetched. */
  countSync(labels: InformerLabels): void;
  countMissed(labels: InformerLabels, missed: number): void;
  /** The informer is no more. */
  forget(labels: InformerLabels): void;
}

/** One informer per cluster, kind and namespace selection. */
export interface InformerLabels {
  readonly cluster: string;
  readonly kind: string;
}
