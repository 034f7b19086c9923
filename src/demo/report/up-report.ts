/** Answers of one measured run of requests, counted by the zone that answered. */
export interface SplitMeasurement {
  readonly client: 'grpc' | 'envoy';
  readonly protocol: 'grpc' | 'http' | 'https';
  readonly fromZone: string;
  readonly requests: number;
  readonly errors: number;
  /** First few error messages, each once. */
  readonly errorMessages: readonly string[];
  readonly answers: Readonly<Record<string, number>>;
  readonly maxCrossings: number;
  readonly durationMs: number;
}

/** One row of the report: what was measured beside what the AccessPoint asks for. Shares are fractions of the answers. */
export interface Split {
  readonly client: 'grpc' | 'envoy';
  readonly protocol: 'grpc' | 'http' | 'https';
  readonly fromZone: string;
  readonly requests: number;
  readonly errors: number;
  readonly shares: Readonly<Record<string, number>>;
  readonly expected: Readonly<Record<string, number>>;
  readonly ok: boolean;
}

/** A global name as it was asked for from one zone, beside what it promises. Shares are fractions of the answers. */
export interface NameProof {
  readonly name: string;
  readonly fromZone: string;
  /** By DNS over UDP: zone whose gateways were told. */
  readonly dns: { readonly questions: number; readonly shares: Readonly<Record<string, number>> };
  /** By calls to the name within the mesh: zone that answered. */
  readonly mesh: {
    readonly requests: number;
    readonly errors: number;
    readonly shares: Readonly<Record<string, number>>;
  };
  readonly expected: Readonly<Record<string, number>>;
  readonly ok: boolean;
}

/** What `flotilla up --once -o json` prints. More fields may come; these stay. */
export interface UpReport {
  readonly kind: 'UpReport';
  readonly ok: boolean;
  readonly durationSeconds: number;
  readonly splits: readonly Split[];
  /** The demo's global name, one row for each zone. */
  readonly names: readonly NameProof[];
  /** The most zone borders that any request crossed on its way. */
  readonly maxCrossings: number;
  /** Why `ok` is false; notes on what could not be measured start with `note:`. */
  readonly reasons: readonly string[];
}
