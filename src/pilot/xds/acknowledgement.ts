import type { ResourceSet } from './resource-set';

/** Why a proxy refused an answer. */
export interface Refusal {
  readonly message: string;
  /** The resources the message names; all that were new in the answer when it names none. */
  readonly names: readonly string[];
  readonly atMs: number;
}

/** An answer that waits for its ACK or NACK. */
export interface SentResponse {
  readonly nonce: string;
  readonly set: ResourceSet;
  /** Names whose content was new to the proxy. */
  readonly changed: readonly string[];
  /** Those among them that the proxy had not been sent at all. */
  readonly fresh: ReadonlySet<string>;
}

const REMEMBERED = 64;

/**
 * What one proxy has accepted of one type. A resource counts as accepted only when an answer with it was; a refused answer
 * leaves its new resources at what was accepted before, since nothing is known to be applied of it.
 */
export class Acknowledgement {
  private readonly waiting: SentResponse[] = [];
  /** Accepted versions of the resources that are not (yet) as in `settled`. */
  private readonly exceptions = new Map<string, string | undefined>();
  private settled: ResourceSet | undefined;
  private accepted: ResourceSet | undefined;
  private last: SentResponse | undefined;
  private lastRefusal: Refusal | undefined;

  /** Nonce of what was sent last. */
  get sentNonce(): string | undefined {
    return this.last?.nonce;
  }

  /** Version of what was sent last. */
  get sentVersion(): string | undefined {
    return this.last?.set.version;
  }

  /** Version of what was accepted last; behind `sentVersion` while the proxy has not answered or refuses. */
  get ackedVersion(): string | undefined {
    return this.accepted?.version;
  }

  /** Whether every answer was answered. */
  get isSettled(): boolean {
    return this.waiting.length === 0;
  }

  /** Set from a NACK until the next ACK. */
  get refusal(): Refusal | undefined {
    return this.lastRefusal;
  }

  /** The version of a resource that the proxy has accepted; meaningful for names it subscribes to. */
  acceptedVersionOf(name: string): string | undefined {
    if (this.exceptions.has(name)) return this.exceptions.get(name);
    return this.settled?.get(name)?.version;
  }

  /** The client proved, by the versions it named, that it holds this set but for what is sent to it now. */
  assume(set: ResourceSet): void {
    this.settled ??= set;
    this.accepted ??= set;
  }

  /** Notes an answer on its way. */
  sent(response: SentResponse): void {
    this.last = response;
    for (const name of response.changed) {
      const fresh = response.fresh.has(name);
      if (fresh || this.settled) this.except(name, fresh); // else nothing is accepted anyway
    }
    this.waiting.push(response);
    if (this.waiting.length > REMEMBERED) this.waiting.shift();
  }

  /** @returns whether the nonce was one that waited for its answer */
  accept(nonce: string): boolean {
    const response = this.take(nonce);
    if (!response) return false;
    for (const name of response.changed) this.exceptions.delete(name);
    this.settled = response.set;
    this.accepted = response.set;
    this.lastRefusal = undefined;
    return true;
  }

  /** @returns the refusal as it is remembered; `undefined` when the nonce is not one that waited for its answer */
  refuse(nonce: string, message: string, atMs: number): Refusal | undefined {
    const response = this.take(nonce);
    if (!response) return undefined;
    for (const name of response.changed) this.except(name, false);
    this.settled = response.set;
    const named = response.changed.filter((name) => mentions(message, name));
    this.lastRefusal = { message, names: named.length > 0 ? named : response.changed, atMs };
    return this.lastRefusal;
  }

  private except(name: string, fresh: boolean): void {
    if (this.exceptions.has(name)) return;
    this.exceptions.set(name, fresh ? undefined : this.settled?.get(name)?.version);
  }

  /** Answers come in order, so what was sent before this one is settled with it. */
  private take(nonce: string): SentResponse | undefined {
    const index = this.waiting.findIndex((response) => response.nonce === nonce);
    return index < 0 ? undefined : this.waiting.splice(0, index + 1).pop();
  }
}

/** Whether a message names a resource: the whole name, not a part of another. */
function mentions(message: string, name: string): boolean {
  for (let at = message.indexOf(name); at >= 0; at = message.indexOf(name, at + 1)) {
    const before = message.slice(Math.max(0, at - 1), at);
    const after = message.slice(at + name.length, at + name.length + 2);
    if (!/[\w|.-]/.test(before) && !/^([\w|-]|\.\w)/.test(after)) return true;
  }
  return false;
}
