import { setImmediate as nextTurn } from 'node:timers/promises';
import type { KubeObject } from '../schema';
import { JsonLines } from './json-lines';
import type { RequestSubject } from './kube-api-error';
import type { ApiStream } from './transport';
import { parseWatchEvent, type WatchEvent } from './watch-event';

/** How long parsing may hold the event loop before others get their turn. */
const SLICE_MS = 5;

/**
 * The events of a watch, in the batches that they arrived in, until the server ends it. Parsing yields to the event
 * loop every few milliseconds, however much is buffered. A torn last line is dropped: the caller resumes from before
 * it.
 * @throws KubeApiError when the stream breaks, falls silent, carries an ERROR event or what is no event; the events
 * before it have been delivered.
 */
export async function* readWatch<T extends KubeObject>(
  stream: ApiStream,
  subject: RequestSubject,
): AsyncGenerator<readonly WatchEvent<T>[], void, undefined> {
  const lines = new JsonLines();
  let sliceEndsMs = performance.now() + SLICE_MS;
  try {
    for await (const chunk of stream.chunks) {
      const { events, failure } = parseLines<T>(lines.push(chunk), subject);
      stream.touch();
      if (events.length > 0) yield events;
      if (failure !== undefined) throw failure.cause;
      if (performance.now() < sliceEndsMs) continue;
      await nextTurn();
      sliceEndsMs = performance.now() + SLICE_MS;
    }
  } catch (cause) {
    throw stream.explain(cause);
  } finally {
    stream.close();
  }
}

interface ParsedLines<T extends KubeObject> {
  readonly events: readonly WatchEvent<T>[];
  readonly failure?: { readonly cause: unknown };
}

function parseLines<T extends KubeObject>(lines: readonly string[], subject: RequestSubject): ParsedLines<T> {
  const events: WatchEvent<T>[] = [];
  try {
    for (const line of lines) events.push(parseWatchEvent<T>(subject, line));
    return { events };
  } catch (cause) {
    return { events, failure: { cause } };
  }
}
