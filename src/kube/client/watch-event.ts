import type { KubeObject } from '../schema';
import { KubeApiError, type RequestSubject } from './kube-api-error';
import { parseStatusObject } from './parse-status';

/** One piece of news from a watch. A bookmark says how far the news goes; the first may end the initial events. */
export type WatchEvent<T extends KubeObject = KubeObject> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean };

/** KEP-3157: marks the bookmark after which the initial state is complete. */
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/**
 * Reads one line of a watch.
 * @throws KubeApiError for an ERROR event (410 above all), FLO2011 for anything that is no event.
 */
export function parseWatchEvent<T extends KubeObject>(subject: RequestSubject, line: string): WatchEvent<T> {
  const event = parseEnvelope(subject, line);
  if (event.type === 'ERROR') throw new KubeApiError(parseStatusObject(subject, event.object));
  const object = event.object as T;
  if (event.type === 'BOOKMARK') {
    const { resourceVersion = '', annotations } = object.metadata;
    return { type: 'BOOKMARK', resourceVersion, initialEventsEnd: annotations?.[INITIAL_EVENTS_END] === 'true' };
  }
  if (event.type === 'ADDED' || event.type === 'MODIFIED' || event.type === 'DELETED') {
    return { type: event.type, object };
  }
  throw notUnderstood(subject, line);
}

function parseEnvelope(subject: RequestSubject, line: string): { type: string; object: unknown } {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw notUnderstood(subject, line, cause);
  }
  const event = value as { type?: unknown; object?: { metadata?: unknown } | null } | null;
  if (typeof event?.type !== 'string' || typeof event.object !== 'object' || event.object === null) {
    throw notUnderstood(subject, line);
  }
  if (event.type !== 'ERROR' && typeof event.object.metadata !== 'object') throw notUnderstood(subject, line);
  return { type: event.type, object: event.object };
}

function notUnderstood(subject: RequestSubject, line: string, cause?: unknown): KubeApiError {
  const message = `the stream holds something that is no watch event: ${line.slice(0, 100)}`;
  return new KubeApiError({ subject, statusCode: 200, reason: 'NotUnderstood', message, cause });
}
