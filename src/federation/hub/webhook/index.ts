export {
  type CurrentLookups,
  type ReviewedWrite,
  type ReviewLookups,
  type ReviewOutcome,
  reviewHubWrite,
} from './review-hub-write';
export { webhookConfiguration, webhookConfigurationKind } from './webhook-configuration';
export { WebhookServer, type WebhookServerOptions } from './webhook-server';
