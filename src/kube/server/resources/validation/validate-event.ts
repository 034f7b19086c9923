import type { KubeObject } from '../../../schema';
import { type FieldError, invalid, required } from '../../schema';
import { present } from './field-rules';

interface Event extends KubeObject {
  readonly involvedObject?: { readonly namespace?: string };
  readonly eventTime?: string | null;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
  readonly action?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly source?: { readonly component?: string; readonly host?: string };
}

const DEFAULT_NAMESPACES = ['', 'default'];

/**
 * Events, as they are stored in the core group: an event lives where the object lives that it is about; events about
 * objects of the whole cluster live in `default`.
 */
export function validateEvent(object: KubeObject): readonly FieldError[] {
  const { involvedObject, metadata } = object as Event;
  const [namespace = '', about = ''] = [metadata.namespace, involvedObject?.namespace];
  const fits = about === '' ? DEFAULT_NAMESPACES.includes(namespace) : about === namespace;
  return fits ? [] : [invalid('involvedObject.namespace', about, 'does not match event.namespace')];
}

const NEEDED = [
  ['reportingComponent', 'reportingController'],
  ['reportingInstance', 'reportingInstance'],
  ['action', 'action'],
  ['reason', 'reason'],
] as const;
const FORMER = ['firstTimestamp', 'lastTimestamp', 'count'] as const;

/** Events made in the group events.k8s.io: the same, with every field that its form asks for and none of the older one. */
export function validateNewEvent(event: Event): readonly FieldError[] {
  const { eventTime, type = '', message = '' } = event;
  const timed = (eventTime ?? '') !== '';
  return [
    ...validateEvent(event),
    ...(timed ? NEEDED.flatMap(([name, field]) => present(event[name], field)) : [required('eventTime')]),
    ...(message.length > 1024 ? [invalid('message', '', 'can have at most 1024 characters')] : []),
    ...(type === 'Normal' || type === 'Warning' ? [] : [invalid('type', '', `has invalid value: ${type}`)]),
    ...FORMER.flatMap((field) => ((event[field] ?? 0) === 0 ? [] : [invalid(field, '', 'needs to be unset')])),
  ];
}
