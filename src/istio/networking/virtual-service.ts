import { z } from 'zod';
import { defineKind, type ObjectOf } from '../../kube/schema';
import { duration, exportTo, istioStatus, percent, portNumber, stringMap, stringMatch } from './fields';

/** Istio's Destination: a host, and which of its ports and subsets. */
export const destination = z.object({
  host: z.string(),
  subset: z.string().optional(),
  port: z.object({ number: portNumber.optional() }).optional(),
});

const headerOperations = z.object({
  set: stringMap.optional(),
  add: stringMap.optional(),
  remove: z.array(z.string()).optional(),
});

const headers = z.object({ request: headerOperations.optional(), response: headerOperations.optional() });

const httpMatch = z.object({
  name: z.string().optional(),
  uri: stringMatch.optional(),
  scheme: stringMatch.optional(),
  method: stringMatch.optional(),
  authority: stringMatch.optional(),
  headers: z.record(z.string(), stringMatch).optional(),
  port: portNumber.optional(),
  sourceLabels: stringMap.optional(),
  gateways: z.array(z.string()).optional(),
  queryParams: z.record(z.string(), stringMatch).optional(),
  ignoreUriCase: z.boolean().optional(),
  withoutHeaders: z.record(z.string(), stringMatch).optional(),
  sourceNamespace: z.string().optional(),
  statPrefix: z.string().optional(),
});

const httpRouteDestination = z.object({
  destination,
  weight: z.int().min(0).optional(),
  headers: headers.optional(),
});

const redirect = z.object({
  uri: z.string().optional(),
  authority: z.string().optional(),
  port: portNumber.optional(),
  derivePort: z.enum(['FROM_PROTOCOL_DEFAULT', 'FROM_REQUEST_PORT']).optional(),
  scheme: z.string().optional(),
  redirectCode: z.int().min(0).optional(),
  prefixRewrite: z.string().optional(),
});

const directResponse = z.object({
  status: z.int().min(0),
  body: z.object({ string: z.string().optional(), bytes: z.string().optional() }).optional(),
});

const rewrite = z.object({
  uri: z.string().optional(),
  authority: z.string().optional(),
  uriRegexRewrite: z.object({ match: z.string().optional(), rewrite: z.string().optional() }).optional(),
});

const retries = z.object({
  attempts: z.int().min(0).optional(),
  perTryTimeout: duration.optional(),
  retryOn: z.string().optional(),
  retryRemoteLocalities: z.boolean().optional(),
  retryIgnorePreviousHosts: z.boolean().optional(),
  backoff: duration.optional(),
});

const fault = z.object({
  delay: z
    .object({
      percent: z.int().min(0).max(100).optional(),
      fixedDelay: duration.optional(),
      exponentialDelay: duration.optional(),
      percentage: percent.optional(),
    })
    .optional(),
  abort: z
    .object({
      httpStatus: z.int().optional(),
      grpcStatus: z.string().optional(),
      http2Error: z.string().optional(),
      percentage: percent.optional(),
    })
    .optional(),
});

const corsPolicy = z.object({
  allowOrigin: z.array(z.string()).optional(),
  allowOrigins: z.array(stringMatch).optional(),
  allowMethods: z.array(z.string()).optional(),
  allowHeaders: z.array(z.string()).optional(),
  exposeHeaders: z.array(z.string()).optional(),
  maxAge: duration.optional(),
  allowCredentials: z.boolean().optional(),
  unmatchedPreflights: z.enum(['UNSPECIFIED', 'FORWARD', 'IGNORE']).optional(),
});

const httpRoute = z.object({
  name: z.string().optional(),
  match: z.array(httpMatch).optional(),
  route: z.array(httpRouteDestination).optional(),
  redirect: redirect.optional(),
  directResponse: directResponse.optional(),
  delegate: z.object({ name: z.string().optional(), namespace: z.string().optional() }).optional(),
  rewrite: rewrite.optional(),
  timeout: duration.optional(),
  retries: retries.optional(),
  fault: fault.optional(),
  mirror: destination.optional(),
  mirrors: z.array(z.object({ destination, percentage: percent.optional() })).optional(),
  mirrorPercent: z.int().min(0).max(100).optional(),
  mirrorPercentage: percent.optional(),
  corsPolicy: corsPolicy.optional(),
  headers: headers.optional(),
});

const routeDestination = z.object({ destination, weight: z.int().min(0).optional() });

const layer4Match = {
  destinationSubnets: z.array(z.string()).optional(),
  port: portNumber.optional(),
  sourceLabels: stringMap.optional(),
  gateways: z.array(z.string()).optional(),
  sourceNamespace: z.string().optional(),
};

const tlsRoute = z.object({
  match: z.array(z.object({ sniHosts: z.array(z.string()).min(1), ...layer4Match })),
  route: z.array(routeDestination).optional(),
});

const tcpRoute = z.object({
  match: z.array(z.object({ ...layer4Match, sourceSubnet: z.string().optional() })).optional(),
  route: z.array(routeDestination).optional(),
});

const spec = z.object({
  hosts: z.array(z.string()).optional(),
  gateways: z.array(z.string()).optional().describe('`mesh` when left out.'),
  http: z.array(httpRoute).optional(),
  tls: z.array(tlsRoute).optional(),
  tcp: z.array(tcpRoute).optional(),
  exportTo,
});

/** networking.istio.io VirtualService: how requests to its hosts are routed. */
export const virtualServiceKind = defineKind({
  group: 'networking.istio.io',
  version: 'v1',
  kind: 'VirtualService',
  plural: 'virtualservices',
  singular: 'virtualservice',
  shortNames: ['vs'],
  categories: ['istio-io', 'networking-istio-io'],
  namespaced: true,
  description: 'Routing rules for the requests to a set of hosts.',
  spec,
  status: istioStatus,
  printerColumns: [
    { name: 'Gateways', type: 'string', jsonPath: '.spec.gateways' },
    { name: 'Hosts', type: 'string', jsonPath: '.spec.hosts' },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  ],
});

export type VirtualService = ObjectOf<typeof virtualServiceKind>;
export type VirtualServiceSpec = z.output<typeof spec>;
export type Destination = z.output<typeof destination>;
export type HttpRoute = z.output<typeof httpRoute>;
export type HttpMatch = z.output<typeof httpMatch>;
export type HttpRouteDestination = z.output<typeof httpRouteDestination>;
export type HttpRedirect = z.output<typeof redirect>;
export type HttpRetry = z.output<typeof retries>;
export type HttpFault = z.output<typeof fault>;
export type CorsPolicy = z.output<typeof corsPolicy>;
export type HeaderOperations = z.output<typeof headerOperations>;
export type TcpRoute = z.output<typeof tcpRoute>;
export type TlsRoute = z.output<typeof tlsRoute>;
export type RouteDestination = z.output<typeof routeDestination>;
