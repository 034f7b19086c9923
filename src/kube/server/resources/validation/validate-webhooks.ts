import type { WebhookConfiguration } from '../../admission/webhooks/webhook-configuration';
import type { KubeObject } from '../../../schema';
import { type FieldError, forbidden, invalid, required } from '../../schema';
import { choice, duplicates } from './field-rules';

type Webhook = NonNullable<WebhookConfiguration['webhooks']>[number] & {
  readonly admissionReviewVersions?: readonly string[];
};

/** Webhook configurations: where each webhook is, what it does besides, and that this server can ask it. */
export function validateWebhooks(object: KubeObject): readonly FieldError[] {
  const webhooks = ((object as WebhookConfiguration).webhooks ?? []) as readonly Webhook[];
  return [
    ...webhooks.flatMap((webhook, index) => webhookErrors(webhook, `webhooks[${index}]`)),
    ...duplicates(
      webhooks.map(({ name }) => name),
      (index) => `webhooks[${index}].name`,
    ),
  ];
}

function webhookErrors(webhook: Webhook, field: string): readonly FieldError[] {
  const {
    name,
    clientConfig,
    admissionReviewVersions = [],
    matchConditions = [],
    sideEffects,
    timeoutSeconds,
  } = webhook;
  const places = [clientConfig?.url, clientConfig?.service].filter((place) => place !== undefined);
  return [
    ...((name ?? '').split('.').length < 3
      ? [invalid(`${field}.name`, name, 'should be a domain with at least three segments separated by dots')]
      : []),
    ...(places.length === 1 ? [] : [required(`${field}.clientConfig`, 'exactly one of url or service is required')]),
    ...choice(`${field}.sideEffects`, sideEffects ?? '', ['None', 'NoneOnDryRun']),
    ...(admissionReviewVersions.includes('v1')
      ? []
      : [invalid(`${field}.admissionReviewVersions`, admissionReviewVersions, 'must include at least one of v1')]),
    ...(timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)
      ? [invalid(`${field}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')]
      : []),
    // Asking a webhook about more than it wants could refuse what it never meant to judge.
    ...(matchConditions.length > 0
      ? [forbidden(`${field}.matchConditions`, 'this API server does not evaluate match conditions')]
      : []),
  ];
}
