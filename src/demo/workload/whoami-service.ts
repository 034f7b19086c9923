import type { ServiceDefinition } from '@grpc/grpc-js';
import { parse, type Type } from 'protobufjs';

const SOURCE = `
syntax = "proto3";
package flotilla.demo.v1;
message WhoamiRequest {}
message WhoamiReply { string zone = 1; string pod = 2; uint32 crossings = 3; repeated string path = 4; }
service Whoami { rpc Ask(WhoamiRequest) returns (WhoamiReply); }
`;

/** What every demo application answers, by HTTP as JSON and by gRPC as `flotilla.demo.v1.WhoamiReply`. */
export interface WhoamiReply {
  /** `region/zone` of the pod that answers. */
  readonly zone: string;
  readonly pod: string;
  /** How many zone borders the request crossed, counted along `path`. */
  readonly crossings: number;
  /** Zones in the order that the request was in them. */
  readonly path: readonly string[];
}

/** Header and gRPC metadata key by which a client says which zone it is in. */
export const ORIGIN_HEADER = 'x-flotilla-origin';
/** Response header with the number of zone borders that the request crossed. */
export const HOPS_HEADER = 'x-flotilla-hops';
/** Response header with the zone that answered. */
export const ZONE_HEADER = 'x-flotilla-zone';

const { root } = parse(SOURCE);
const requestType = root.lookupType('flotilla.demo.v1.WhoamiRequest');
const replyType = root.lookupType('flotilla.demo.v1.WhoamiReply');

/** The service as @grpc/grpc-js wants it, for servers and clients alike. */
export const whoamiService = {
  ask: {
    path: '/flotilla.demo.v1.Whoami/Ask',
    requestStream: false,
    responseStream: false,
    requestSerialize: (value: object) => encode(requestType, value),
    requestDeserialize: (bytes: Buffer) => requestType.decode(bytes).toJSON(),
    responseSerialize: (value: WhoamiReply) => encode(replyType, value),
    responseDeserialize: (bytes: Buffer): WhoamiReply =>
      replyType.toObject(replyType.decode(bytes), { defaults: true, arrays: true }) as WhoamiReply,
  },
} as const satisfies ServiceDefinition;

function encode(type: Type, value: object): Buffer {
  return Buffer.from(type.encode(type.fromObject(value)).finish());
}
