import { z } from 'zod';
import { virtualServiceKind } from '../../istio';

const istio = virtualServiceKind.spec.shape;
const istioHttpRoute = istio.http.unwrap().element;
const istioHttpDestination = istioHttpRoute.shape.route.unwrap().element;
const istioMirror = istioHttpRoute.shape.mirrors.unwrap().element;
const istioTlsRoute = istio.tls.unwrap().element;
const istioTcpRoute = istio.tcp.unwrap().element;
const istioDestination = istioHttpDestination.shape.destination;

/** Where a route leads; what is left out is this access point: its own host, and the port that was asked for. */
const destination = istioDestination
  .extend({ host: istioDestination.shape.host.optional().describe('This access point when left out.') })
  .optional();

const weight = z.int().min(0).max(100).optional().describe('Percent; several destinations sum to 100.');

const destinations = z
  .array(istioTcpRoute.shape.route.unwrap().element.extend({ destination, weight }))
  .max(16)
  .optional();

/** HTTPRoute of Istio's VirtualService, its destinations defaulting to the access point. */
export const httpRoute = istioHttpRoute.extend({
  route: z.array(istioHttpDestination.extend({ destination, weight })).max(16).optional(),
  mirror: destination,
  mirrors: z.array(istioMirror.extend({ destination })).max(16).optional(),
});

/** TLSRoute of Istio's VirtualService, its destinations defaulting to the access point. */
export const tlsRoute = istioTlsRoute.extend({ route: destinations });

/** TCPRoute of Istio's VirtualService, its destinations defaulting to the access point. */
export const tcpRoute = istioTcpRoute.extend({ route: destinations });

export type AccessPointHttpRoute = z.output<typeof httpRoute>;
export type AccessPointTlsRoute = z.output<typeof tlsRoute>;
export type AccessPointTcpRoute = z.output<typeof tcpRoute>;
export type AccessPointDestination = z.output<typeof destination>;
