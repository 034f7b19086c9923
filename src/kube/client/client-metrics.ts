/** Where a client counts its requests. Labels are cluster, verb and status only, never names of objects. */
export interface ClientMetrics {
  /** One answer, or none (`code` 0). `verb` as in the HTTP method, or `WATCH`. */
  observeRequest(request: {
    readonly cluster: string;
    readonly verb: string;
    readonly code: number;
    readonly tookMs: number;
  }): void;
  /** Time that a request waited for the cluster's rate limit. */
  observeWait(wait: { readonly cluster: string; readonly waitedMs: number }): void;
}
