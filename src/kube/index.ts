export { type Owner, planApply, planPrune } from './apply/apply-plan';
export { type ApplyClient, applyManifests, type ApplyOptionsOfSet } from './apply/apply-engine';
export { type ApplyReport, type ObjectOutcome, type ObjectResult } from './apply/apply-result';
export { detectDrift, type Drift, type DriftOptions, type DriftReport, keepFirstSeen } from './apply/detect-drift';
export { diffFields, type FieldDifference } from './apply/diff-fields';
export { addFinalizer, removeFinalizer } from './apply/finalizers';
export { mapLimited } from './apply/map-limited';
export { type Backoff, fullJitterMs, halfJitterMs, type Random } from './backoff';
export { KubeApiError, type FieldConflict, type RequestSubject, type StatusCause } from './client/kube-api-error';
export { KubeClient, type KubeClientOptions, type ServerVersion } from './client/kube-client';
export type { RateLimit, RequestPriority } from './client/request-gate';
export type {
  ApplyOptions,
  DeleteOptions,
  ListOptions,
  ListResult,
  PatchOptions,
  Selection,
  WatchOptions,
  WriteOptions,
} from './client/request-options';
export type { ClientMetrics } from './client/client-metrics';
export type { WatchEvent } from './client/watch-event';
export type { ConnectionOptions, Impersonation } from './connection/connection-options';
export type { ExecPlugin } from './connection/exec-plugin';
export { inClusterConnection } from './connection/in-cluster-connection';
export {
  contextsIn,
  type KubeconfigContexts,
  type KubeconfigOrigin,
  parseKubeconfig,
} from './connection/parse-kubeconfig';
export { writeKubeconfig } from './connection/write-kubeconfig';
export { LeaderElection, type LeaderElectionOptions, type Leadership } from './election/leader-election';
export { type ChangeHandler, Informer, type InformerOptions } from './informer/informer';
export type { InformerMetrics } from './informer/informer-metrics';
export type { InformerState } from './informer/informer-state';
export type { Indexer } from './informer/object-cache';
export { createKubeMetrics, type KubeMetrics } from './metrics/kube-metrics';
export {
  type AddOptions,
  INITIAL_LIST_PRIORITY,
  KeyedQueue,
  type KeyedQueueOptions,
  type QueueNumbers,
  type RunResult,
} from './queue/keyed-queue';
export type { QueueMetrics, RunNumbers } from './queue/queue-metrics';
