import { randomUUID } from 'node:crypto';
import { type Logger, toFlotillaError } from '../../../../kernel';
import type { KubeObject } from '../../../schema';
import { ApiError, badRequest, forbidden } from '../../api-error';
import type { Admission, AdmissionAttributes } from '../../registry/write-request';
import type { ObjectStore } from '../../storage';
import { admissionReview, applyAdmission, readAdmissionResponse } from './admission-review';
import { matchConditions } from './match-conditions';
import { wantsWrite, type WebhookSubject } from './match-webhook';
import type { WebhookClient } from './webhook-client';
import type { Webhook, WebhookConfiguration } from './webhook-configuration';

const GROUP = 'admissionregistration.k8s.io';
const RESOURCES = {
  mutating: `mutatingwebhookconfigurations.${GROUP}`,
  validating: `validatingwebhookconfigurations.${GROUP}`,
};

/**
 * Dynamic admission: asks the webhooks that want to see a write. Mutating ones one after another, by configuration name and then
 * in their order; validating ones at once. Their own configurations are never sent to them.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/
 */
export class WebhookAdmission implements Admission {
  constructor(
    private readonly store: ObjectStore,
    private readonly client: WebhookClient,
    private readonly logger: Logger,
  ) {}

  async mutate(attributes: AdmissionAttributes): Promise<KubeObject | undefined> {
    let { object } = attributes;
    for (const webhook of this.webhooksFor('mutating', attributes)) {
      const current = object === undefined ? attributes : { ...attributes, object };
      if (this.isWanted(webhook, current)) object = await this.ask(webhook, current);
    }
    return object;
  }

  async validate(attributes: AdmissionAttributes): Promise<void> {
    const webhooks = this.webhooksFor('validating', attributes).filter((one) => this.isWanted(one, attributes));
    const outcomes = await Promise.allSettled(webhooks.map((webhook) => this.ask(webhook, attributes)));
    const refused = outcomes.find((outcome) => outcome.status === 'rejected');
    if (refused !== undefined) throw refused.reason;
  }

  private webhooksFor(kind: keyof typeof RESOURCES, attributes: AdmissionAttributes): readonly Webhook[] {
    const table = this.store.table(RESOURCES[kind]);
    if (table.size === 0 || attributes.target.kind.group === GROUP) return [];
    const subject = this.subjectOf(attributes);
    return table
      .list()
      .objects.flatMap((stored) => (stored.parse() as WebhookConfiguration).webhooks ?? [])
      .filter((webhook) => wantsWrite(webhook, subject));
  }

  private subjectOf({ target, operation, object, live }: AdmissionAttributes): WebhookSubject {
    const { kind, namespace, subresource } = target;
    const labels = [object, live].filter((one) => one !== undefined).map(({ metadata }) => metadata.labels ?? {});
    const own = kind.resource === 'namespaces' ? labels[0] : undefined;
    const stored =
      namespace === '' ? undefined : this.store.get({ resource: 'namespaces', namespace: '', name: namespace });
    return {
      operation,
      group: kind.group,
      version: kind.version,
      resource: kind.plural,
      subresource,
      namespaced: kind.namespaced,
      namespaceLabels: own ?? stored?.labels,
      objectLabels: labels,
    };
  }

  /** Match conditions come last, on the object as it is then. @throws ApiError 403 when they cannot be told and the policy is Fail */
  private isWanted(webhook: Webhook, attributes: AdmissionAttributes): boolean {
    if ((webhook.matchConditions ?? []).length === 0) return true;
    const { request } = admissionReview(attributes, '');
    const match = matchConditions(webhook, { object: request.object, oldObject: request.oldObject, request });
    if ('matches' in match) return match.matches;
    if (webhook.failurePolicy === 'Ignore') return false;
    const { kind, name } = attributes.target;
    throw forbidden(kind, name, match.fault);
  }

  /** A refusal is final; a webhook that fails decides by its failurePolicy. */
  private async ask(webhook: Webhook, attributes: AdmissionAttributes): Promise<KubeObject | undefined> {
    const { name, failurePolicy = 'Fail', sideEffects = 'Unknown' } = webhook;
    if (attributes.options.dryRun && sideEffects !== 'None' && sideEffects !== 'NoneOnDryRun') {
      throw badRequest(`admission webhook "${name}" does not support dry run`);
    }
    try {
      const uid = randomUUID();
      const response = readAdmissionResponse(await this.client.call(webhook, admissionReview(attributes, uid)), uid);
      for (const warning of response.warnings ?? []) attributes.options.warn(warning);
      return applyAdmission(name, attributes.object, response);
    } catch (cause) {
      if (cause instanceof ApiError) throw cause;
      const { message } = toFlotillaError(cause);
      this.logger.warn('webhook failed', { webhook: name, policy: failurePolicy, reason: message });
      if (failurePolicy === 'Ignore') return attributes.object;
      throw new ApiError(
        'InternalError',
        `Internal error occurred: failed calling webhook "${name}": ${message}`,
        undefined,
        cause,
      );
    }
  }
}
