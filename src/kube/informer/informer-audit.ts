import { type Clock, type Logger, pause, toFlotillaError } from '../../kernel';
import type { Random } from '../backoff';
import type { KubeClient } from '../client/kube-client';
import type { Selection } from '../client/request-options';
import type { KubeObject, ResourceKind } from '../schema';
import { compareResourceVersions } from './compare-resource-versions';
import { findMissed, type Missed, stillMissed } from './find-missed';
import type { ObjectCache } from './object-cache';

/** What an audit looks at, and what it does about a finding. */
export interface InformerAuditOptions<T extends KubeObject> {
  readonly client: Pick<KubeClient, 'list'>;
  readonly kind: ResourceKind;
  readonly selection: Selection;
  readonly cache: ObjectCache<T>;
  readonly isLive: () => boolean;
  /** The last version that the watch has seen. */
  readonly version: () => string | undefined;
  readonly onMissed: (missed: readonly Missed[]) => void;
  /** The server is at an older version than it was: its storage was restored, and all that is known may be wrong. */
  readonly onRewound: () => void;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** Mean time between two audits. */
  readonly intervalMs: number;
}

/** News that the list is ahead of gets this long to arrive. */
const GRACE_MS = 10_000;

/**
 * Now and then lists the metadata of all objects and compares them to the cache: the only proof that a watch loses
 * nothing. A list that fails says nothing and changes nothing.
 */
export class InformerAudit<T extends KubeObject> {
  constructor(private readonly options: InformerAuditOptions<T>) {}

  /**
   * Audits until the signal aborts; spread over half to one and a half intervals, so that clusters do not do it all
   * at once.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, random, intervalMs, onMissed, isLive, logger } = this.options;
    for (;;) {
      await pause(clock, intervalMs * (0.5 + random()), signal);
      if (signal.aborted) return;
      if (!isLive()) continue;
      try {
        const missed = await this.once(signal);
        if (missed.length > 0) onMissed(missed);
      } catch (cause) {
        const { code, message } = toFlotillaError(cause);
        if (!signal.aborted) logger.debug('the audit could not list', { code, reason: message });
      }
    }
  }

  /** What the cache lacks; nothing when that cannot be said because the watch broke meanwhile. */
  async once(signal?: AbortSignal): Promise<readonly Missed[]> {
    const { client, kind, selection, cache, isLive, clock, version, onRewound } = this.options;
    const seen = version();
    const options = { ...selection, metadataOnly: true, ...(signal ? { signal } : {}) };
    const { items, resourceVersion } = await client.list(kind, options);
    if ((compareResourceVersions(resourceVersion, seen) ?? 0) < 0) {
      onRewound();
      return [];
    }
    const candidates = findMissed(cache, items, resourceVersion);
    if (candidates.length === 0 || !isLive()) return [];
    await pause(clock, GRACE_MS, signal);
    return isLive() && !signal?.aborted ? stillMissed(cache, candidates) : [];
  }
}
