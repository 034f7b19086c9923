import type { Faults, Field } from '../findings';
import { durationFaults, oneOfFaults } from './basics';
import { policyTargetFaults } from './selectors';

/** telemetry.istio.io Telemetry, as istiod's webhook judges it. */
export function* telemetryFaults(object: Field): Faults {
  const spec = object.at('spec');
  yield* policyTargetFaults(spec);
  const tracing = spec.at('tracing');
  if (tracing.items.length > 1)
    yield { code: 'FLO8141', path: tracing.path, message: 'only the first entry of tracing is used' };
  for (const entry of tracing.items) yield* tracingFaults(entry);
  for (const entry of spec.at('metrics').items) yield* metricsFaults(entry);
  for (const entry of spec.at('accessLogging').items) yield* providerFaults(entry);
}

function* providerFaults(entry: Field): Faults {
  for (const provider of entry.at('providers').items) {
    const name = provider.at('name');
    if (name.text === '') yield { code: 'FLO8140', path: name.path, message: 'a provider needs a name' };
  }
}

const TAG_SOURCES = { literal: 'value', environment: 'name', header: 'name', formatter: 'value' } as const;

function* tracingFaults(entry: Field): Faults {
  yield* providerFaults(entry);
  const providers = entry.at('providers');
  if (providers.items.length > 1)
    yield { code: 'FLO8141', path: providers.path, message: 'only the first provider of tracing is used' };
  for (const [tag, source] of entry.at('customTags').entries) {
    if (tag === '') yield { code: 'FLO8140', path: source.path, message: 'a tag needs a name' };
    yield* oneOfFaults(source, Object.keys(TAG_SOURCES));
    for (const [kind, field] of Object.entries(TAG_SOURCES)) {
      const value = source.at(kind).at(field);
      if (value.text === '')
        yield { code: 'FLO8140', path: value.path, message: `the ${field} of a ${kind} tag must not be empty` };
    }
  }
}

const METRICS: readonly string[] = [
  ...['ALL_METRICS', 'REQUEST_COUNT', 'REQUEST_DURATION', 'REQUEST_SIZE', 'RESPONSE_SIZE', 'TCP_OPENED_CONNECTIONS'],
  ...[
    'TCP_CLOSED_CONNECTIONS',
    'TCP_SENT_BYTES',
    'TCP_RECEIVED_BYTES',
    'GRPC_REQUEST_MESSAGES',
    'GRPC_RESPONSE_MESSAGES',
  ],
];

function* metricsFaults(entry: Field): Faults {
  yield* providerFaults(entry);
  yield* durationFaults(entry.at('reportingInterval'));
  for (const override of entry.at('overrides').items) {
    const match = override.at('match');
    yield* oneOfFaults(match, ['metric', 'customMetric']);
    const [metric, custom] = [match.at('metric'), match.at('customMetric')];
    if (metric.text !== undefined && !METRICS.includes(metric.text))
      yield {
        code: 'FLO8140',
        path: metric.path,
        message: `there is no metric "${metric.text}"`,
        hint: `use one of ${METRICS.slice(0, 4).join(', ')} …`,
      };
    if (custom.text === '')
      yield { code: 'FLO8140', path: custom.path, message: 'the name of a metric must not be empty' };
    for (const [, tag] of override.at('tagOverrides').entries) yield* tagOverrideFaults(tag);
  }
}

function* tagOverrideFaults(tag: Field): Faults {
  const value = tag.at('value');
  const operation = tag.at('operation').text ?? 'UPSERT';
  if (operation === 'UPSERT' && (value.text ?? '') === '')
    yield { code: 'FLO8140', path: value.path, message: 'a tag that is set needs a value' };
  if (operation === 'REMOVE' && value.given)
    yield { code: 'FLO8140', path: value.path, message: 'a tag that is removed has no value' };
}
