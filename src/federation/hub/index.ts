export { hubKinds } from './setup/hub-kinds';
export {
  type CurrentLookups,
  type ReviewedWrite,
  type ReviewOutcome,
  reviewHubWrite,
} from './webhook/review-hub-write';
export type { HubSettings } from './setup/hub-settings';
export { type Hub, startHub } from './start-hub';
export { webhookConfiguration, webhookConfigurationKind } from './webhook/webhook-configuration';
export { WebhookServer, type WebhookServerOptions } from './webhook/webhook-server';
export {
  CLI_FIELD_MANAGER,
  type HubChange,
  hubKindOf,
  type HubPlan,
  inNamespace,
  planOnHub,
} from './plans/plan-on-hub';
export { ClusterClients, type ClusterContext, type ContextOf, type ReachedCluster } from './plans/cluster-clients';
export { PlanServer } from './plans/plan-server';
