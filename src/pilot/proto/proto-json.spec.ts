import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

import fc from 'fast-check';
import protobuf from 'protobufjs';

import { FlotillaError } from '../../kernel';
import { anyOf, decode, decodeAny, encode, encodeAny, typeUrlOf } from '.';

const LISTENER = 'envoy.config.listener.v3.Listener';
const CLUSTER = 'envoy.config.cluster.v3.Cluster';
const HTTP_CONNECTION_MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';

/** protobufjs with its own parser and reflection: an encoder that shares nothing with ours but the .proto files. */
function reflection(file: string): protobuf.Root {
  const deps = join(dirname(require.resolve('@grpc/grpc-js-xds/package.json')), 'deps');
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) =>
    ['envoy-api', 'xds', 'googleapis', 'protoc-gen-validate']
      .map((folder) => join(deps, folder, target))
      .find(existsSync) ?? join(dirname(require.resolve('protobufjs/package.json')), target);
  return root.loadSync(file);
}

function failureOf(action: () => unknown): FlotillaError {
  try {
    action();
  } catch (error) {
    if (error instanceof FlotillaError) return error;
    throw error;
  }
  throw new Error('no error was thrown');
}

const listener = anyOf(LISTENER, {
  name: '0.0.0.0_80',
  address: { socketAddress: { address: '0.0.0.0', portValue: 80 } },
  trafficDirection: 'OUTBOUND',
  filterChains: [
    {
      filters: [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typedConfig: anyOf(HTTP_CONNECTION_MANAGER, {
            statPrefix: 'outbound_0.0.0.0_80',
            streamIdleTimeout: '0s',
            useRemoteAddress: false,
            rds: {
              routeConfigName: 'http.80',
              configSource: { ads: {}, initialFetchTimeout: '0s', resourceApiVersion: 'V3' },
            },
          }),
        },
      ],
    },
  ],
});

describe('proto3 JSON', () => {
  it('keeps nested Anys, durations, wrappers, enums and empty messages', () => {
    expect(decodeAny(encodeAny(listener))).toEqual(listener);
  });

  it('gives the same bytes whatever the order of keys', () => {
    const { name, ...rest } = listener;
    expect(encodeAny({ ...rest, name })).toEqual(encodeAny(listener));
  });

  it('takes names as in the .proto file too', () => {
    expect(decode(CLUSTER, encode(CLUSTER, { connect_timeout: '0.250s' } as object))).toEqual({
      connectTimeout: '0.250s',
    });
  });

  it('leaves defaults out, but keeps what has presence', () => {
    expect(encode(CLUSTER, { name: '', lbPolicy: 'ROUND_ROBIN', respectDnsTtl: false, filters: [] })).toHaveLength(0);
    const cluster = { type: 'STATIC', perConnectionBufferLimitBytes: 0, commonLbConfig: {} } as const;
    expect(decode(CLUSTER, encode(CLUSTER, cluster))).toEqual(cluster);
  });

  it('encodes Struct, maps, bytes, 64-bit integers, floats and times', () => {
    const secret = {
      name: 'kubernetes://web',
      tlsCertificate: { privateKey: { inlineBytes: 'AQID/w==' } },
    };
    const name = 'envoy.extensions.transport_sockets.tls.v3.Secret';
    expect(decode(name, encode(name, secret))).toEqual(secret);
    const metadata = { filterMetadata: { istio: { services: [{ host: 'a', weight: 1.5, on: true, none: null }] } } };
    expect(decode(CLUSTER, encode(CLUSTER, { metadata }))).toEqual({ metadata });
    const range = { start: '-9223372036854775808', end: '9223372036854775807' };
    expect(decode('envoy.type.v3.Int64Range', encode('envoy.type.v3.Int64Range', range))).toEqual(range);
    const time = { lastUpdated: '2026-01-01T00:00:00.000001Z' };
    const dump = 'envoy.admin.v3.BootstrapConfigDump';
    expect(decode(dump, encode(dump, time))).toEqual(time);
  });

  it('agrees with protobufjs reflection on the wire', () => {
    const root = reflection('envoy/config/cluster/v3/cluster.proto');
    const cluster = {
      name: 'outbound|80||a.example',
      type: 'EDS',
      connectTimeout: '10s',
      lbPolicy: 'MAGLEV',
      circuitBreakers: { thresholds: [{ maxConnections: 4294967295, maxRequests: 7 }] },
      outlierDetection: { maxEjectionPercent: 100, baseEjectionTime: '1.5s' },
      metadata: { filterMetadata: { istio: { weight: 0.5 } } },
    } as const;
    const message = root.lookupType(CLUSTER).decode(encode(CLUSTER, cluster));
    expect(message.toJSON()).toMatchObject({
      name: 'outbound|80||a.example',
      type: 'EDS',
      connectTimeout: { seconds: '10' },
      lbPolicy: 'MAGLEV',
      circuitBreakers: { thresholds: [{ maxConnections: { value: 4294967295 }, maxRequests: { value: 7 } }] },
      outlierDetection: { maxEjectionPercent: { value: 100 }, baseEjectionTime: { seconds: '1', nanos: 500000000 } },
      metadata: { filterMetadata: { istio: { fields: { weight: { numberValue: 0.5 } } } } },
    });
    expect(Buffer.from(root.lookupType(CLUSTER).encode(message).finish())).toEqual(
      Buffer.from(encode(CLUSTER, cluster)),
    );
  });

  it('reads back any endpoint assignment it wrote', () => {
    const endpoint = fc.record({
      address: fc.string(),
      portValue: fc.integer({ min: 1, max: 65535 }),
      weight: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    const name = 'envoy.config.endpoint.v3.ClusterLoadAssignment';
    fc.assert(
      fc.property(fc.array(endpoint, { minLength: 1 }), fc.string({ minLength: 1 }), (endpoints, clusterName) => {
        const assignment = {
          clusterName,
          endpoints: endpoints.map(({ address, portValue, weight }) => ({
            lbEndpoints: [
              { endpoint: { address: { socketAddress: { address, portValue } } }, loadBalancingWeight: weight },
            ],
          })),
        };
        const back = decode(name, encode(name, assignment));
        expect(JSON.stringify(back)).toBe(
          JSON.stringify(assignment, (_key, value: unknown) => (value === '' ? undefined : value)),
        );
      }),
    );
  });

  it('survives arbitrary bytes with an error of ours', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          decode('envoy.service.discovery.v3.DiscoveryRequest', bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'FLO4102' });
        }
      }),
    );
  });
});

describe('what does not fit', () => {
  const cases: readonly (readonly [string, object, string])[] = [
    [
      'an unknown field',
      { filterChains: [{ filtres: [] }] },
      'at filterChains[0]: envoy.config.listener.v3.FilterChain has no field "filtres"',
    ],
    [
      'a wrong scalar',
      { address: { socketAddress: { portValue: 'http' } } },
      'at address.socketAddress.portValue: expected an integer',
    ],
    [
      'a bad duration',
      { listenerFiltersTimeout: '100ms' },
      'at listenerFiltersTimeout: expected a duration in seconds such as "5s"',
    ],
    [
      'an unknown enum value',
      { trafficDirection: 'SIDEWAYS' },
      'at trafficDirection: expected one of UNSPECIFIED, INBOUND, OUTBOUND, found "SIDEWAYS"',
    ],
    [
      'two members of a oneof',
      { address: { pipe: {}, socketAddress: {} } },
      '"socketAddress" and "pipe" exclude each other',
    ],
    ['a scalar for a list', { filterChains: {} }, 'at filterChains: expected a list, found {}'],
    [
      'an unknown type',
      { listenerFilters: [{ typedConfig: { '@type': 'x/y.Z' } }] },
      'at listenerFilters[0].typedConfig: "y.Z" is not a message type',
    ],
    [
      'an Any without type',
      { listenerFilters: [{ typedConfig: {} }] },
      'at listenerFilters[0].typedConfig: expected an object with "@type"',
    ],
    [
      'something wrong inside an Any',
      { listenerFilters: [{ typedConfig: anyOf(CLUSTER, { name: 3 } as object) }] },
      'at listenerFilters[0].typedConfig.name: expected a string, found 3',
    ],
    [
      'a number out of range',
      { perConnectionBufferLimitBytes: 2 ** 32 },
      'at perConnectionBufferLimitBytes: expected an integer from 0 to 4294967295',
    ],
  ];

  test.each(cases)('%s names the path', (_name, fields, message) => {
    const error = failureOf(() => encodeAny({ '@type': typeUrlOf(LISTENER), ...fields }));
    expect(error.code).toBe('FLO4100');
    expect(error.message).toContain(`cannot encode ${LISTENER}`);
    expect(error.message).toContain(message);
  });

  it('names damaged bytes', () => {
    expect(failureOf(() => decode(CLUSTER, new Uint8Array([10, 200]))).code).toBe('FLO4102');
  });
});

it('generates a descriptor and its types, and nothing else', () => {
  expect(readdirSync(join(__dirname, 'generated')).sort()).toEqual(['descriptor.json', 'messages.d.ts']);
});
