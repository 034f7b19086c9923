export {
  CLI_FIELD_MANAGER,
  ClusterClients,
  type ClusterContext,
  type ContextOf,
  type HubChange,
  hubKindOf,
  type HubPlan,
  inNamespace,
  planOnHub,
  PlanServer,
  type ReachedCluster,
} from './plans';
export { hubKinds, type HubSettings } from './setup';
export { type Hub, startHub } from './start-hub';
export {
  type CurrentLookups,
  type ReviewedWrite,
  type ReviewOutcome,
  reviewHubWrite,
  webhookConfiguration,
  webhookConfigurationKind,
  WebhookServer,
  type WebhookServerOptions,
} from './webhook';
