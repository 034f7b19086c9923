import { selects } from '../../../schema';
import type { Webhook, WebhookRule } from './webhook-configuration';

type Labels = Readonly<Record<string, string>>;

/** What decides whether a webhook is called. */
export interface WebhookSubject {
  readonly operation: string;
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespaced: boolean;
  /** Labels of the namespace that the object lies in; of the object itself when it is a Namespace; undefined when cluster-scoped. */
  readonly namespaceLabels: Labels | undefined;
  /** Labels before and after; either may be selected. */
  readonly objectLabels: readonly Labels[];
}

/** Whether a webhook wants to see a write. Pure. */
export function wantsWrite(webhook: Webhook, subject: WebhookSubject): boolean {
  const { namespaceLabels, objectLabels } = subject;
  return (
    (webhook.rules ?? []).some((rule) => ruleMatches(rule, webhook.matchPolicy ?? 'Equivalent', subject)) &&
    (namespaceLabels === undefined || selects(webhook.namespaceSelector, namespaceLabels)) &&
    objectLabels.some((labels) => selects(webhook.objectSelector, labels))
  );
}

/** With `Equivalent`, a rule about one version of a kind is about all of them: they hold the same objects. */
function ruleMatches(rule: WebhookRule, policy: string, subject: WebhookSubject): boolean {
  const { operation, group, version, namespaced } = subject;
  const { scope = '*' } = rule;
  return (
    has(rule.operations, operation) &&
    has(rule.apiGroups, group) &&
    (policy === 'Equivalent' || has(rule.apiVersions, version)) &&
    (scope === '*' || (scope === 'Namespaced') === namespaced) &&
    (rule.resources ?? []).some((pattern) => resourceMatches(pattern, subject))
  );
}

function has(list: readonly string[] | undefined, value: string): boolean {
  return (list ?? []).some((entry) => entry === '*' || entry === value);
}

function resourceMatches(pattern: string, { resource, subresource }: WebhookSubject): boolean {
  const [wanted = '', wantedSubresource] = pattern.split('/');
  if (pattern === '*/*') return true;
  if (wanted !== '*' && wanted !== resource) return false;
  if (wantedSubresource === undefined) return subresource === '';
  return wantedSubresource === '*' || wantedSubresource === subresource;
}
