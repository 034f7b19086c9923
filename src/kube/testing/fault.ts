/** What goes wrong with one request. `afterEvents` counts the lines sent on a watch, bookmarks included. */
export type Fault =
  /** Answers with this status instead. */
  | { readonly kind: 'status'; readonly code: number; readonly reason?: string; readonly retryAfterSeconds?: number }
  /** Closes the socket without an answer. */
  | { readonly kind: 'drop' }
  /** Takes the request and never answers: a half-open connection. */
  | { readonly kind: 'hang' }
  /** Answers with something that is not JSON. */
  | { readonly kind: 'garbage' }
  /** On a watch: the server ends it in good order. */
  | { readonly kind: 'end'; readonly afterEvents: number }
  /** On a watch: the connection is cut, in the middle of the next line. */
  | { readonly kind: 'tear'; readonly afterEvents: number }
  /** On a watch: nothing more comes, but the connection stays. */
  | { readonly kind: 'silence'; readonly afterEvents: number }
  /** On a watch: an ERROR event with a 410, then the end. */
  | { readonly kind: 'gone'; readonly afterEvents: number }
  /** On a watch: a line that is no JSON. */
  | { readonly kind: 'noise'; readonly afterEvents: number }
  /** On a watch: every event comes twice. */
  | { readonly kind: 'repeat' }
  /** On a watch: events that are ready together come in the opposite order. */
  | { readonly kind: 'reorder' };

/** A request as a fault script sees it. */
export interface SeenRequest {
  readonly verb: 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'other';
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly httpVersion: string;
  /** Common name of the client certificate, if it sent one. */
  readonly clientName?: string;
}

/** Decides what goes wrong with a request; undefined, nothing does. */
export type FaultScript = (request: SeenRequest) => Fault | undefined;

/** Faults in turn, one for each request of these verbs; then nothing goes wrong any more. */
export function faultsInTurn(
  verbs: readonly SeenRequest['verb'][],
  faults: readonly (Fault | undefined)[],
): FaultScript {
  const left = [...faults];
  return ({ verb }) => (verbs.includes(verb) ? left.shift() : undefined);
}
