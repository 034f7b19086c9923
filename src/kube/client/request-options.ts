/** Which objects a list or watch is about; selected at the server. */
export interface Selection {
  /** Left out: all namespaces. */
  readonly namespace?: string;
  /** As kubectl's `-l`. */
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Options of a list. */
export interface ListOptions extends Selection {
  /** Objects per page, 500 unless given. */
  readonly limitPerPage?: number;
  /** `0`: any state that the server has cached will do. Left out: the latest. */
  readonly resourceVersion?: string;
  /** Only `metadata` of each object (PartialObjectMetadata), where the server can. */
  readonly metadataOnly?: boolean;
  readonly signal?: AbortSignal;
}

/** Options of a watch. */
export interface WatchOptions extends Selection {
  /** News after this version; left out: from now, or with `sendInitialEvents` the whole state first. */
  readonly resourceVersion?: string;
  /** KEP-3157: the state as ADDED events, then a bookmark with `initialEventsEnd`, then news. */
  readonly sendInitialEvents?: boolean;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds?: number;
  /** The watch fails with FLO2000 when nothing, not even a bookmark, came for this long. 90 s unless given. */
  readonly inactivityMs?: number;
  readonly signal?: AbortSignal;
}

/** Options of a change. */
export interface WriteOptions {
  readonly fieldManager?: string;
  /** All checks, no effect. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** Options of a server-side apply. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  /** Takes fields over from other managers instead of failing with a conflict. */
  readonly force?: boolean;
  readonly subresource?: string;
}

/** Options of a patch. */
export interface PatchOptions extends WriteOptions {
  readonly type: 'json' | 'merge' | 'strategic';
  readonly subresource?: string;
}

/** Options of a delete. */
export interface DeleteOptions extends WriteOptions {
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  /** Deletes only this very object, in this very version. */
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly gracePeriodSeconds?: number;
}

/** What a list returned: all pages, as of `resourceVersion`. */
export interface ListResult<T> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
}
