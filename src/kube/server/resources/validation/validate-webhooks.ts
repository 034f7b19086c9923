import { CONDITION_NAMES } from '../../admission/webhooks/match-conditions';
import type { WebhookConfiguration } from '../../admission/webhooks/webhook-configuration';
import type { KubeObject } from '../../../schema';
import { compileCondition, type FieldError, invalid, qualifiedNameProblems, required, tooMany } from '../../schema';
import { choice, duplicates, textErrors } from './field-rules';

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
    ...conditionsErrors(matchConditions, `${field}.matchConditions`),
  ];
}

const MAX_CONDITIONS = 64;

/** Match conditions: named, each once, and expressions that compile. */
function conditionsErrors(conditions: NonNullable<Webhook['matchConditions']>, field: string): readonly FieldError[] {
  return [
    ...(conditions.length > MAX_CONDITIONS ? [tooMany(field, conditions.length, MAX_CONDITIONS)] : []),
    ...conditions.flatMap(({ name, expression }, index) => {
      const place = `${field}[${index}]`;
      const compiled = (expression ?? '').trim() === '' ? undefined : compileCondition(expression, CONDITION_NAMES);
      return [
        ...(compiled === undefined ? [required(`${place}.expression`)] : []),
        ...(compiled !== undefined && 'problem' in compiled
          ? [invalid(`${place}.expression`, expression, compiled.problem)]
          : []),
        ...((name ?? '') === ''
          ? [required(`${place}.name`)]
          : textErrors(name, `${place}.name`, qualifiedNameProblems)),
      ];
    }),
    ...duplicates(
      conditions.map(({ name }) => name),
      (index) => `${field}[${index}].name`,
    ),
  ];
}
