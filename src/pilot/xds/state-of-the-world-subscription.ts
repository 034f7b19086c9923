import type { DiscoveryRequest } from '../proto';
import { Acknowledgement } from './acknowledgement';
import type { DiscoveryType } from './discovery-type';
import type { ResourceSet } from './resource-set';
import { type PlannedResponse, type Subscription, pick, within } from './subscription';

const WILDCARD = '*';

/**
 * One type on a state-of-the-world stream (Envoy xDS protocol, "Basic Protocol Overview"). Each request carries all names
 * the client wants; one with an old nonce is stale and its names are ignored, because another request must follow it.
 */
export class StateOfTheWorldSubscription implements Subscription {
  readonly acknowledgement = new Acknowledgement();
  private subscribed: ReadonlySet<string> = new Set();
  private wildcard = false;
  private everNamed = false;
  /** Subscribed names that are to be sent even if nothing changed; those never sent before are in `unsent` too. */
  private due = new Set<string>();
  private unsent = new Set<string>();
  private answerDue = false;
  private base: ResourceSet | undefined;

  constructor(private readonly type: DiscoveryType) {}

  get names(): ReadonlySet<string> | undefined {
    return this.wildcard ? undefined : this.subscribed;
  }

  get isDue(): boolean {
    return this.answerDue || this.due.size > 0;
  }

  /** Takes a request's names. Whether it was an ACK or NACK is for the connection to note. */
  receive({ responseNonce = '', resourceNames = [] }: DiscoveryRequest): void {
    const first = responseNonce === '';
    if (!first && responseNonce !== this.acknowledgement.sentNonce) return;
    const before = this.names;
    this.subscribe(resourceNames);
    if (first || (before && this.wildcard)) this.answerDue = true;
    for (const name of this.subscribed) this.expect(name, first, before);
    for (const name of [...this.due, ...this.unsent]) if (!this.subscribed.has(name)) this.forget(name);
  }

  private expect(name: string, first: boolean, before: ReadonlySet<string> | undefined): void {
    const isNew = before?.has(name) !== true;
    if (first || isNew) this.due.add(name);
    if (isNew) this.unsent.add(name);
  }

  resend(names?: readonly string[]): void {
    for (const name of within(names ?? [...this.subscribed], this.subscribed)) this.due.add(name);
  }

  plan(next: ResourceSet): PlannedResponse | undefined {
    const plan = this.type.whole ? this.planWhole(next) : this.planPart(next);
    this.base = next;
    if (plan) {
      this.due = new Set();
      this.unsent = new Set();
      this.answerDue = false;
    }
    return plan;
  }

  private subscribe(names: readonly string[]): void {
    this.wildcard = this.type.whole && (names.includes(WILDCARD) || (names.length === 0 && !this.everNamed));
    this.everNamed ||= names.length > 0;
    this.subscribed = new Set(names.filter((name) => name !== WILDCARD || !this.type.whole));
  }

  private forget(name: string): void {
    this.due.delete(name);
    this.unsent.delete(name);
  }

  /** CDS and LDS: everything subscribed, or nothing when the client has it already. */
  private planWhole(next: ResourceSet): PlannedResponse | undefined {
    const { changed, removed } = next.since(this.base);
    const touched = within(changed, this.names).length + within(removed, this.names).length > 0;
    if (!touched && !this.answerDue && this.due.size === 0) return undefined;
    const fresh = new Set(this.unsent);
    if (this.wildcard) return { resources: next.list, removed: [], whole: next, changed, fresh };
    const renewed = new Set([...within(changed, this.subscribed), ...fresh]);
    return { resources: pick(next, this.subscribed), removed: [], whole: undefined, changed: [...renewed], fresh };
  }

  /** EDS, RDS, SDS: an answer may be partial, so only what is new goes out. A name that does not exist is waited for. */
  private planPart(next: ResourceSet): PlannedResponse | undefined {
    const changed = within(next.since(this.base).changed, this.subscribed);
    const resources = pick(next, new Set([...changed, ...this.due]));
    if (resources.length === 0) return undefined;
    const sent = resources.map(({ name }) => name);
    return { resources, removed: [], whole: undefined, changed: sent, fresh: new Set(within(sent, this.unsent)) };
  }
}
