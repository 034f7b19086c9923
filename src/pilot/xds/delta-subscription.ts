import type { DeltaDiscoveryRequest } from '../proto';
import { Acknowledgement } from './acknowledgement';
import type { DiscoveryType } from './discovery-type';
import type { ResourceSet } from './resource-set';
import { type PlannedResponse, type Subscription, pick, within } from './subscription';

const WILDCARD = '*';

/**
 * One type on a delta stream (Envoy xDS protocol, "Incremental xDS"). Names come and go by subscribe and unsubscribe, which
 * count whatever the nonce is; versions are hashes of content, so that a client that reconnects is sent only what it lacks.
 */
export class DeltaSubscription implements Subscription {
  readonly acknowledgement = new Acknowledgement();
  private readonly subscribed = new Set<string>();
  private wildcard = false;
  private started = false;
  private answerDue = false;
  private due = new Set<string>();
  private unsent = new Set<string>();
  /** What a client said it has when it connected; `undefined` once the first answer was planned. */
  private known: ReadonlyMap<string, string> | undefined;
  private base: ResourceSet | undefined;

  constructor(private readonly type: DiscoveryType) {}

  get names(): ReadonlySet<string> | undefined {
    return this.wildcard ? undefined : this.subscribed;
  }

  get isDue(): boolean {
    return this.answerDue || this.due.size > 0 || this.known !== undefined || this.base === undefined;
  }

  /** Takes what a request subscribes to and unsubscribes from. */
  receive(request: DeltaDiscoveryRequest): void {
    const { resourceNamesSubscribe = [], resourceNamesUnsubscribe = [] } = request;
    if (!this.started) this.start(request);
    for (const name of resourceNamesSubscribe) this.subscribe(name);
    for (const name of resourceNamesUnsubscribe) this.unsubscribe(name);
  }

  resend(names?: readonly string[]): void {
    for (const name of names ?? this.subscribed) if (this.wants(name)) this.due.add(name);
  }

  plan(next: ResourceSet): PlannedResponse | undefined {
    const changed = new Set(this.changedIn(next));
    for (const name of this.due) changed.add(name);
    const resources = pick(next, changed);
    const removed = this.removedFrom(next);
    const sent = resources.map(({ name }) => name);
    const fresh = new Set(this.known ? sent : within(sent, this.unsent));
    if (this.known?.size) this.acknowledgement.assume(next);
    const plan = { resources, removed, whole: undefined, changed: sent, fresh };
    const empty = resources.length === 0 && removed.length === 0;
    const needed = !empty || this.answerDue;
    this.base = next;
    this.known = undefined;
    this.due = new Set();
    this.unsent = new Set();
    this.answerDue = false;
    return needed ? plan : undefined;
  }

  /** The first request of a type; naming nothing means everything, for the types that have a wildcard. */
  private start({ resourceNamesSubscribe = [], initialResourceVersions }: DeltaDiscoveryRequest): void {
    this.started = true;
    this.wildcard = this.type.whole && resourceNamesSubscribe.length === 0;
    this.known = new Map(Object.entries(initialResourceVersions ?? {}));
    this.answerDue = this.known.size === 0;
  }

  private subscribe(name: string): void {
    if (name === WILDCARD && this.type.whole) {
      if (!this.wildcard) this.base = undefined;
      this.wildcard = true;
      return;
    }
    if (!this.subscribed.has(name)) this.unsent.add(name);
    this.subscribed.add(name);
    if (!this.known?.has(name)) this.due.add(name); // asked for again means sent again
  }

  private unsubscribe(name: string): void {
    if (name === WILDCARD && this.type.whole) {
      this.wildcard = false;
      return;
    }
    this.subscribed.delete(name);
    this.due.delete(name);
    this.unsent.delete(name);
    if (this.wildcard) this.due.add(name); // still covered, so the client has to be told what it is
  }

  private wants(name: string): boolean {
    return this.wildcard || this.subscribed.has(name);
  }

  private changedIn(next: ResourceSet): readonly string[] {
    const { known } = this;
    if (!known) return within(next.since(this.base).changed, this.names);
    const wanted = this.wildcard ? next.list : pick(next, this.subscribed);
    return wanted.filter(({ name, version }) => known.get(name) !== version).map(({ name }) => name);
  }

  /** What is gone since the last answer or since the client connected, and what was asked for and does not exist. */
  private removedFrom(next: ResourceSet): readonly string[] {
    const gone = this.known ? [...this.known.keys()] : next.since(this.base).removed.filter((name) => this.wants(name));
    return [...new Set([...gone, ...this.due])].filter((name) => !next.get(name));
  }
}
