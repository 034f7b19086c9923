import type { Stop } from '../../kernel';
import type { InformerState } from './informer-state';

/** Where an informer counts. */
export interface InformerMetrics {
  /** Reads the informer whenever metrics are read, until stopped. Several informers of one kind in one cluster count together. */
  follow(labels: InformerLabels, read: () => InformerReading): Stop;
  countEvents(labels: InformerLabels, events: number): void;
  /** The whole state was fetched. */
  countSync(labels: InformerLabels): void;
  countMissed(labels: InformerLabels, missed: number): void;
}

/** How an informer stands. */
export interface InformerReading {
  readonly state: InformerState['kind'];
  readonly objects: number;
}

/** What the series of an informer are told apart by. */
export interface InformerLabels {
  readonly cluster: string;
  readonly kind: string;
}
