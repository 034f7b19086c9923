import { type Clock, type Logger, toFlotillaError } from '../../kernel';
import { type GrpcCall, GrpcCode, type GrpcMethod } from '../grpc';
import { parseProxy } from '../model';
import { decode, encode } from '../proto';
import type { AuthorizeProxy } from '../xds';
import { LoadTable, type LoadShares } from './load-table';
import { serviceLoads } from './service-load';

/** What load reporting works with. */
export interface LoadReportingOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** How often proxies report. */
  readonly intervalMs?: number;
}

const STREAM_LOAD_STATS = '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats';
const DEFAULT_INTERVAL_MS = 10_000;
const MAX_WAITING_REPORTS = 10;

/**
 * The load reporting service of xDS (envoy.service.load_stats.v3.LoadReportingService; gRFC A27 for gRPC clients): asks every proxy that
 * opens a stream for the load of all its clusters, and keeps where requests really went. A proxy that may not be served may not report.
 */
export class LoadReporting {
  private readonly table = new LoadTable();

  constructor(private readonly options: LoadReportingOptions) {}

  /** The service's method, to be registered with a gRPC server. */
  methods(authorize: AuthorizeProxy): ReadonlyMap<string, GrpcMethod> {
    return new Map<string, GrpcMethod>([
      [STREAM_LOAD_STATS, { kind: 'stream', handle: (call) => this.open(call, authorize) }],
    ]);
  }

  /** Where requests to a host went in the last five minutes, as this zone's proxies counted. */
  sharesOf(hostname: string): LoadShares | undefined {
    return this.table.sharesOf(hostname, this.options.clock.nowMs());
  }

  private open(call: GrpcCall, authorize: AuthorizeProxy): void {
    const stream = new LoadStream(call, authorize, {
      interval: `${(this.options.intervalMs ?? DEFAULT_INTERVAL_MS) / 1_000}s`,
      take: (report) => this.table.add(serviceLoads(report), this.options.clock.nowMs()),
      opened: (proxy) => this.options.logger.debug('a proxy reports its load', { proxy }),
    });
    call.listen({
      message: (bytes) => stream.receive(bytes),
      halfClosed: () => call.end({ code: GrpcCode.Ok, message: '' }),
      closed: () => undefined,
    });
  }
}

type Report = ReturnType<typeof decodeReport>;

interface LoadStreamContext {
  /** As a protobuf Duration. */
  readonly interval: string;
  readonly take: (report: Report) => void;
  readonly opened: (proxy: string) => void;
}

/** One proxy's stream: its first message names the node and is answered with what is wanted; each one after it is a report. */
class LoadStream {
  private state: 'new' | 'verifying' | 'open' = 'new';
  private readonly waiting: Report[] = [];

  constructor(
    private readonly call: GrpcCall,
    private readonly authorize: AuthorizeProxy,
    private readonly context: LoadStreamContext,
  ) {}

  receive(bytes: Buffer): void {
    try {
      const report = decodeReport(bytes);
      if (this.state === 'open') return this.context.take(report);
      // A proxy waits for the answer before it reports; what exceeds this is noise.
      if (this.waiting.length < MAX_WAITING_REPORTS) this.waiting.push(report);
      if (this.state === 'verifying') return;
      this.state = 'verifying';
      void this.verify(report);
    } catch (error) {
      this.refuse(error);
    }
  }

  private async verify({ node }: Report): Promise<void> {
    try {
      const proxy = parseProxy({ ...node, id: node?.id ?? '' });
      const refusal = await this.authorize(this.call, proxy);
      if (refusal) return this.call.end(refusal);
      this.state = 'open';
      this.context.opened(proxy.id);
      await this.call.send([wanted(this.context.interval)]);
      for (const report of this.waiting.splice(0)) this.context.take(report);
    } catch (error) {
      this.refuse(error);
    }
  }

  private refuse(error: unknown): void {
    const { code, message } = toFlotillaError(error);
    this.call.end({ code: GrpcCode.InvalidArgument, message: `${code}: ${message}` });
  }
}

function decodeReport(bytes: Buffer) {
  return decode('envoy.service.load_stats.v3.LoadStatsRequest', bytes);
}

function wanted(loadReportingInterval: string): Uint8Array {
  const response = { sendAllClusters: true, loadReportingInterval };
  return encode('envoy.service.load_stats.v3.LoadStatsResponse', response);
}
