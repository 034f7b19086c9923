import { badRequest } from '../api-error';
import type { ApiRequest, ApiResponse } from '../http/api-exchange';
import { negotiate } from '../http/negotiate';
import type { Target } from '../registry/write-request';
import { isTrue } from '../request/request-info';
import { RESOURCE_SHAPES } from './encode-objects';
import { revisionOf, waitForRevision } from './list';
import {
  type InitialState,
  RunningWatch,
  type WatchContext,
  type WatchPlan,
  type WatchSettings,
} from './running-watch';
import { selectionOf } from './selection';

/** Answers `watch`: the initial state if asked for, then every change of the selected objects, as lines of JSON. */
export async function watch(request: ApiRequest, target: Target, context: WatchContext): Promise<ApiResponse> {
  const { query } = request.info;
  const representation = negotiate(request.headers.accept, RESOURCE_SHAPES);
  const initial = initialState(query);
  await waitForRevision(context.store, context.clock, revisionOf(query));
  const plan: WatchPlan = {
    kind: target.kind,
    namespace: target.namespace,
    selection: selectionOf(target.kind, query, target.name),
    representation,
    includeObject: query.get('includeObject'),
    initial,
    bookmarks: isTrue(query.get('allowWatchBookmarks')),
    fromRevision: revisionOf(query),
    durationMs: durationOf(query, context.settings),
  };
  const headers = { 'content-type': 'application/json' };
  return { kind: 'stream', headers, start: (sink) => new RunningWatch(plan, context, sink).start() };
}

/** Rules of KEP-3157 (streaming lists) and of the older habit that no resourceVersion, or 0, means the state first. */
function initialState(query: URLSearchParams): InitialState {
  const wanted = query.get('sendInitialEvents');
  const match = query.get('resourceVersionMatch');
  if (wanted === null) {
    if (match !== null)
      throw badRequest('resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    return revisionOf(query) === 0 ? 'state' : 'none';
  }
  if (match !== 'NotOlderThan') {
    throw badRequest('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
  }
  if (!isTrue(wanted)) return 'none';
  return isTrue(query.get('allowWatchBookmarks')) ? 'state-with-end' : 'state';
}

function durationOf(query: URLSearchParams, { maxDurationMs }: WatchSettings): number {
  const seconds = Number(query.get('timeoutSeconds') ?? 0);
  if (!Number.isFinite(seconds) || seconds < 0) throw badRequest('invalid timeoutSeconds');
  return seconds === 0 ? maxDurationMs : Math.min(seconds * 1000, maxDurationMs);
}
