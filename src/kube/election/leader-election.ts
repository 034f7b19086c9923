import { type Clock, type Logger, pause, type Stop, toFlotillaError } from '../../kernel';
import type { Random } from '../backoff';
import type { KubeClient } from '../client/kube-client';
import { Deadline } from '../client/deadline';
import { Listeners } from '../informer/listeners';
import { apiVersionOf, coreKinds } from '../schema';
import { decideLease, type Lease, type LeaseDecision, type LeaseSpec, type ObservedLease } from './lease-decision';

/** Whether this process leads, and with which fencing epoch. */
export type Leadership = { readonly isLeader: false } | { readonly isLeader: true; readonly epoch: number };

/** A candidate for one Lease. */
export interface LeaderElectionOptions {
  readonly client: Pick<KubeClient, 'cluster' | 'get' | 'create' | 'replace'>;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Name of this process; must differ between processes. */
  readonly identity: string;
  /** Others take over this long after the last renewal. 15 s unless given. */
  readonly leaseDurationMs?: number;
  /** A leader that could not renew for this long steps down by itself; less than the duration. 10 s unless given. */
  readonly renewDeadlineMs?: number;
  /** Time between two tries. 2 s unless given. */
  readonly retryMs?: number;
  /** Lowest epoch to take, for when the Lease may have been deleted. */
  readonly minimumEpoch?: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Elects one leader among processes by a coordination.k8s.io Lease. At most one process believes to lead as long as
 * clocks run equally fast; where even that is not enough, writers carry `epoch` and the lower one is refused
 * (fencing).
 */
export class LeaderElection {
  private readonly stopping = new AbortController();
  private readonly listeners: Listeners<[Leadership]>;
  private readonly logger: Logger;
  private observed: ObservedLease | undefined;
  private epoch: number | undefined;
  private renewedAtMs = 0;
  private stopDeadline: Stop | undefined;
  private running: Promise<void> | undefined;

  constructor(private readonly options: LeaderElectionOptions) {
    this.logger = options.logger.child({ cluster: options.client.cluster, lease: options.name });
    this.listeners = new Listeners((cause) =>
      this.logger.error('a listener of the election failed', { reason: toFlotillaError(cause).message }),
    );
  }

  /** Checked against the clock, so also right when this process was held up. */
  get leadership(): Leadership {
    const { clock, renewDeadlineMs = 10_000 } = this.options;
    const isFresh = clock.nowMs() - this.renewedAtMs < renewDeadlineMs;
    return this.epoch !== undefined && isFresh ? { isLeader: true, epoch: this.epoch } : { isLeader: false };
  }

  /** Told when leadership is gained or lost. */
  onChange(listener: (leadership: Leadership) => void): Stop {
    return this.listeners.add(listener);
  }

  /** Begins to stand for election; once only. */
  start(): void {
    if (this.running === undefined && !this.stopping.signal.aborted) this.running = this.run(this.stopping.signal);
  }

  /** Steps down and gives the lease back, so that another can lead at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    const wasLeading = this.leadership.isLeader;
    const lease = this.observed?.lease;
    this.stepDown('stopped');
    if (!wasLeading || lease === undefined) return;
    try {
      const spec: LeaseSpec = { ...lease.spec, holderIdentity: '', leaseDurationSeconds: 1 };
      await this.options.client.replace(coreKinds.lease, { ...lease, spec });
    } catch (cause) {
      this.logger.warn('the lease could not be given back; it expires by itself', {
        reason: toFlotillaError(cause).message,
      });
    }
  }

  private async run(signal: AbortSignal): Promise<void> {
    const { clock, random, retryMs = 2000, renewDeadlineMs = 10_000 } = this.options;
    while (!signal.aborted) {
      // A request that hangs must leave time for another one before the lease is lost.
      const deadline = new Deadline(clock, [signal]);
      deadline.arm(renewDeadlineMs / 2, { reason: 'Timeout', message: 'the round took too long' });
      try {
        await this.round(deadline.signal);
      } catch (cause) {
        const { code, message } = toFlotillaError(cause);
        if (!signal.aborted) this.logger.debug('a round of the election failed', { code, reason: message });
      } finally {
        deadline.stop();
      }
      await pause(clock, retryMs * (0.8 + 0.4 * random()), signal);
    }
  }

  private async round(signal: AbortSignal): Promise<void> {
    const { client, namespace, name, identity, minimumEpoch = 1, clock } = this.options;
    this.observe(await client.get<Lease>(coreKinds.lease, name, namespace, { signal }));
    const nowMs = clock.nowMs();
    const observed = this.observed ?? { lease: undefined, seenAtMs: nowMs };
    const decision = decideLease(observed, { identity, heldEpoch: this.epoch, minimumEpoch, nowMs });
    if (decision.kind === 'wait') return this.stepDown(`held by ${decision.holder}`);
    if (decision.kind !== 'renew' && this.epoch !== undefined) this.stepDown('the lease was taken meanwhile');
    const written = await this.write(decision, observed.lease, nowMs, signal);
    this.observed = { lease: written, seenAtMs: nowMs };
    this.lead(decision.epoch, nowMs);
  }

  private observe(lease: Lease | undefined): void {
    const isSame =
      this.observed !== undefined &&
      lease?.metadata.resourceVersion === this.observed.lease?.metadata.resourceVersion &&
      (lease === undefined) === (this.observed.lease === undefined);
    if (!isSame) this.observed = { lease, seenAtMs: this.options.clock.nowMs() };
  }

  /** A conflict means that another was faster; the next round sees it. */
  private write(
    decision: Exclude<LeaseDecision, { kind: 'wait' }>,
    before: Lease | undefined,
    nowMs: number,
    signal: AbortSignal,
  ): Promise<Lease> {
    const { client, namespace, name, identity, leaseDurationMs = 15_000 } = this.options;
    const now = microTime(nowMs);
    const spec: LeaseSpec = {
      ...before?.spec,
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(leaseDurationMs / 1000),
      renewTime: now,
      leaseTransitions: decision.epoch,
      ...(decision.kind === 'renew' ? {} : { acquireTime: now }),
    };
    if (before !== undefined) return client.replace<Lease>(coreKinds.lease, { ...before, spec }, { signal });
    const apiVersion = apiVersionOf(coreKinds.lease);
    const lease = { apiVersion, kind: 'Lease', metadata: { name, namespace }, spec };
    return client.create<Lease>(coreKinds.lease, lease, { signal });
  }

  /** Counted from before the write was sent: others count from when they see it, which is later. */
  private lead(epoch: number, sentAtMs: number): void {
    const { clock, renewDeadlineMs = 10_000 } = this.options;
    const isNew = this.epoch !== epoch;
    this.epoch = epoch;
    this.renewedAtMs = sentAtMs;
    this.stopDeadline?.();
    this.stopDeadline = clock.after(Math.max(0, sentAtMs + renewDeadlineMs - clock.nowMs()), () =>
      this.stepDown('the lease could not be renewed in time'),
    );
    if (!isNew) return;
    this.logger.info('leading', { epoch });
    this.listeners.tell({ isLeader: true, epoch });
  }

  private stepDown(reason: string): void {
    this.stopDeadline?.();
    this.stopDeadline = undefined;
    if (this.epoch === undefined) return;
    this.epoch = undefined;
    this.logger.warn('no longer leading', { reason });
    this.listeners.tell({ isLeader: false });
  }
}

function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}
