import type { Received } from './wire-client';

/** What two servers must agree on in an answer: everything but what differs from run to run. */
export type Answer = Readonly<Record<string, unknown>>;

/** Beside identities and moments: what columns mean, in sentences of Kubernetes' own documentation. */
const VOLATILE = new Set(['description', 'uid', 'resourceVersion', 'creationTimestamp', 'managedFields', 'selfLink']);
const MASKED = new Set([
  'clusterIP',
  'clusterIPs',
  'nodePort',
  'healthCheckNodePort',
  'controller-uid',
  'batch.kubernetes.io/controller-uid',
]);
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
const CLUSTER_ADDRESS = /^10\.96\.\d+\.\d+$/;
const UID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
const AGE = /^\d{1,2}s$/;

/** The part of an answer that is worth writing down; `namespace` is the suite's own, which changes from run to run. */
export function answerOf({ status, json, headers, text }: Received, namespace: string): Answer {
  const anonymous = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll(namespace, 'NAMESPACE')) as unknown;
  // Advice beyond unknown fields (deprecated kinds, odd values) is the real server's alone.
  const { warning: told } = headers;
  const warning = typeof told === 'string' && told.includes('unknown field') ? { warning: told } : {};
  if (status >= 400) return anonymous({ code: status, ...refusal(json, text) }) as Answer;
  return anonymous({ code: status, ...warning, body: stable(json) }) as Answer;
}

const PATCH_WORDS =
  /operation does not apply|testing value|^error in |Unexpected kind|operation failed to decode|index|MUST NOT/;

function refusal({ code, reason, message = '', details }: Received['json'], text: string): object {
  // Broken directives are 500 without a reason there; a JSON patch that does not fit says nowhere why.
  if (code === 500) return { message };
  if (message.startsWith('the server rejected our request') || PATCH_WORDS.test(message)) return { reason };
  if (reason === undefined) return { text };
  const causes = (details?.causes ?? []).map((cause) => ({ field: '', ...cause, message: plain(cause.message) }));
  const order = (cause: { field?: string; message: string }): string => `${cause.field ?? ''} ${cause.message}`;
  // Go reports some findings as often as it meets them.
  const unique = [...new Map(causes.map((cause) => [JSON.stringify(cause), cause])).values()];
  unique.sort((left, right) => (order(left) < order(right) ? -1 : 1));
  if (unique.length > 1) return { reason, causes: unique };
  return { reason, message: plain(message), ...(unique.length === 0 ? {} : { causes: unique }) };
}

/** A message without what only Go can print: its internal structs, diffs of them, its source files, its named types. */
function plain(message: string): string {
  return message
    .replace(/(patch: Invalid value|^Invalid value): "(\\.|[^"\\])*(map\[|\{)(\\.|[^"\\])*": /, '$1: PATCHED: ')
    .replace(/(Invalid|Unsupported|Duplicate) value: (null|\{.*\}|\[.*\])(?=: |$)/, '$1 value: VALUE')
    .replace(/ in scheme ".*"/, '')
    .replace(/of type v1\.ServiceType$/, 'of type string')
    .replace(/\n@@[^]*$/, '');
}

/** Leaves out what only this run has: identities, moments, addresses. */
function stable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stable);
  if (typeof value === 'string') return stableText(value);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !VOLATILE.has(name));
  return Object.fromEntries(kept.map(([name, child]) => [name, MASKED.has(name) ? masked(child) : stable(child)]));
}

function stableText(text: string): string {
  if (MOMENT.test(text)) return 'MOMENT';
  if (AGE.test(text)) return 'AGE';
  return CLUSTER_ADDRESS.test(text) ? 'GIVEN' : text.replace(UID, 'UID');
}

function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked);
  return value === 'None' || value === '' ? value : 'GIVEN';
}
