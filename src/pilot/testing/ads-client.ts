import { Client, type ClientDuplexStream, credentials, type ServiceError } from '@grpc/grpc-js';

import {
  decode,
  type DeltaDiscoveryRequest,
  type DeltaDiscoveryResponse,
  type DiscoveryRequest,
  type DiscoveryResponse,
  encode,
  type envoy,
} from '../proto';

type LoadStatsRequest = envoy.service.load_stats.v3.LoadStatsRequest;
type LoadStatsResponse = envoy.service.load_stats.v3.LoadStatsResponse;

const SERVICE = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

interface Variant<Request, Response> {
  readonly path: string;
  readonly serialize: (request: Request) => Buffer;
  readonly deserialize: (bytes: Buffer) => Response;
}

const stateOfTheWorld: Variant<DiscoveryRequest, DiscoveryResponse> = {
  path: `${SERVICE}/StreamAggregatedResources`,
  serialize: (request) => Buffer.from(encode('envoy.service.discovery.v3.DiscoveryRequest', request)),
  deserialize: (bytes) => decode('envoy.service.discovery.v3.DiscoveryResponse', bytes),
};

const delta: Variant<DeltaDiscoveryRequest, DeltaDiscoveryResponse> = {
  path: `${SERVICE}/DeltaAggregatedResources`,
  serialize: (request) => Buffer.from(encode('envoy.service.discovery.v3.DeltaDiscoveryRequest', request)),
  deserialize: (bytes) => decode('envoy.service.discovery.v3.DeltaDiscoveryResponse', bytes),
};

const loadReports: Variant<LoadStatsRequest, LoadStatsResponse> = {
  path: '/envoy.service.load_stats.v3.LoadReportingService/StreamLoadStats',
  serialize: (request) => Buffer.from(encode('envoy.service.load_stats.v3.LoadStatsRequest', request)),
  deserialize: (bytes) => decode('envoy.service.load_stats.v3.LoadStatsResponse', bytes),
};

/** One stream of a real gRPC client (@grpc/grpc-js), for tests: requests go out as given, answers wait to be taken. */
export class AdsTestStream<Request, Response> {
  private readonly client: Client;
  private readonly stream: ClientDuplexStream<Request, Response>;
  private readonly answers: Response[] = [];
  private readonly takers: ((answer: Response) => void)[] = [];
  /** How the stream ended. */
  readonly ended: Promise<Pick<ServiceError, 'code' | 'details'>>;

  constructor(port: number, variant: Variant<Request, Response>) {
    this.client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
      'grpc.max_receive_message_length': -1,
    });
    const { path, serialize, deserialize } = variant;
    this.stream = this.client.makeBidiStreamRequest(path, serialize, deserialize);
    this.stream.on('data', (answer: Response) => this.deliver(answer));
    this.ended = new Promise((resolve) => {
      this.stream.on('error', (error: ServiceError) => resolve(error));
      this.stream.on('status', (status: ServiceError) => resolve(status));
    });
  }

  send(request: Request): void {
    this.stream.write(request);
  }

  /** The next answer, now or when it comes. */
  next(): Promise<Response> {
    const answer = this.answers.shift();
    return answer ? Promise.resolve(answer) : new Promise((resolve) => this.takers.push(resolve));
  }

  /** Answers that came and were not taken. */
  get unread(): number {
    return this.answers.length;
  }

  /** Says that nothing more comes; the server ends the stream when it has taken everything. */
  end(): void {
    this.stream.end();
  }

  close(): void {
    this.stream.cancel();
    this.client.close();
  }

  private deliver(answer: Response): void {
    const taker = this.takers.shift();
    if (taker) taker(answer);
    else this.answers.push(answer);
  }
}

/** Opens a state-of-the-world stream. */
export function openAds(port: number): AdsTestStream<DiscoveryRequest, DiscoveryResponse> {
  return new AdsTestStream(port, stateOfTheWorld);
}

/** Opens a delta stream. */
export function openDeltaAds(port: number): AdsTestStream<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
  return new AdsTestStream(port, delta);
}

/** Opens a stream of load reports. */
export function openLoadReports(port: number): AdsTestStream<LoadStatsRequest, LoadStatsResponse> {
  return new AdsTestStream(port, loadReports);
}
