import type { ShareTable } from './share-table';

/** What becomes of one host. */
export interface SimulatedHost {
  readonly host: string;
  /** `namespace/name`; of a global name there is none. */
  readonly accessPoint?: string;
  /** `namespace/name` of the NameService that a global name comes from. */
  readonly nameService?: string;
  /** Of the gateways (Envoy); of a global name, of sidecars. A zone that is lost has no clients and no row. */
  readonly shares: ShareTable;
  /** Of proxyless gRPC clients. */
  readonly grpcShares: ShareTable;
  /** Of a global name: client zone → zone whose gateways DNS tells, or name elsewhere. */
  readonly dnsShares?: ShareTable;
  /** Where the requests of those who asked DNS end up, after the gateways have sent them on. */
  readonly endToEndShares?: ShareTable;
  /** Client zone → fraction that finds no endpoint, or one that takes no connections. Only where there is some. */
  readonly failing: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
}
