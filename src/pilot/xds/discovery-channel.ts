import type { ObjectReference } from '../../kernel';
import type { DeltaDiscoveryRequest, DiscoveryRequest } from '../proto';
import { DeltaSubscription } from './delta-subscription';
import type { DiscoveryType } from './discovery-type';
import type { DiscoveryFault, ResourceStatus, TypeStatus } from './proxy-status';
import { ResourceSet } from './resource-set';
import { StateOfTheWorldSubscription } from './state-of-the-world-subscription';
import type { PlannedResponse } from './subscription';

/** The two variants of the protocol. */
export type XdsProtocol = 'sotw' | 'delta';

/** A request of either variant; each reads its own fields. */
export type XdsRequest = DiscoveryRequest & DeltaDiscoveryRequest;

interface Failure extends DiscoveryFault {
  /** `make`: translation or encoding failed; `send`: the answer could not be sent. */
  readonly during: 'make' | 'send';
}

/** One resource type on one stream: subscription, what the proxy accepted, and what went wrong. */
export class DiscoveryChannel {
  readonly subscription: StateOfTheWorldSubscription | DeltaSubscription;
  private current = ResourceSet.empty;
  private refused: DiscoveryFault | undefined;
  private failure: Failure | undefined;

  constructor(
    readonly type: DiscoveryType,
    protocol: XdsProtocol,
  ) {
    this.subscription = protocol === 'delta' ? new DeltaSubscription(type) : new StateOfTheWorldSubscription(type);
  }

  /** What the proxy should have. */
  get set(): ResourceSet {
    return this.current;
  }

  /** Decides what to send now that the resources are these. */
  plan(set: ResourceSet): PlannedResponse | undefined {
    this.current = set;
    if (this.failure?.during === 'make') this.failure = undefined;
    return this.subscription.plan(set);
  }

  /** Notes an answer on its way. */
  sent(nonce: string, { changed, fresh }: PlannedResponse): void {
    this.failure = undefined;
    this.subscription.acknowledgement.sent({ nonce, set: this.current, changed, fresh });
  }

  /** Notes the ACK or NACK in a request. @returns the fault, when it was a NACK of something we sent */
  acknowledge({ responseNonce = '', errorDetail }: XdsRequest, nowMs: number): DiscoveryFault | undefined {
    const { acknowledgement } = this.subscription;
    if (responseNonce === '') return undefined;
    if (!errorDetail) {
      acknowledgement.accept(responseNonce);
      return undefined;
    }
    const refusal = acknowledgement.refuse(responseNonce, errorDetail.message ?? '', nowMs);
    if (!refusal) return undefined;
    this.refused = { ...refusal, owners: this.ownersOf(refusal.names) };
    return this.refused;
  }

  /** Notes that the proxy could not be served. */
  fail(during: Failure['during'], message: string, names: readonly string[], nowMs: number): void {
    this.failure = { during, message, names, owners: this.ownersOf(names), atMs: nowMs };
  }

  /** The type's columns in the table of proxies. */
  status(): TypeStatus {
    const { sentVersion, ackedVersion, refusal, isSettled } = this.subscription.acknowledgement;
    const error = this.failure ?? (refusal ? this.refused : undefined);
    const settled = isSettled ? 'SYNCED' : 'STALE';
    return {
      state: error ? 'ERROR' : sentVersion === undefined ? 'NOT_SENT' : settled,
      subscribed: this.subscription.names?.size ?? 'all',
      ...(sentVersion === undefined ? {} : { sentVersion }),
      ...(ackedVersion === undefined ? {} : { ackedVersion }),
      ...(error ? { error } : {}),
    };
  }

  /** Every subscribed resource: what it should be and what the proxy accepted. */
  resources(): readonly ResourceStatus[] {
    const { names, acknowledgement } = this.subscription;
    return [...(names ?? this.current.list.map(({ name }) => name))].map((name) => ({
      name,
      wantedVersion: this.current.get(name)?.version,
      ackedVersion: acknowledgement.acceptedVersionOf(name),
    }));
  }

  private ownersOf(names: readonly string[]): readonly ObjectReference[] {
    const owners = names.flatMap((name) => this.current.get(name)?.owner ?? []);
    return [...new Map(owners.map((owner) => [formatOwner(owner), owner])).values()];
  }
}

/** `Kind/namespace/name`. */
export function formatOwner({ kind, namespace, name }: ObjectReference): string {
  return [kind, namespace, name].filter((part) => part !== undefined).join('/');
}
