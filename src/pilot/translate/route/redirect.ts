import type { HttpRedirect, HttpRoute } from '../../../istio';
import type { Route } from '../../proto';

const CODES: Readonly<Record<number, NonNullable<NonNullable<Route['redirect']>['responseCode']>>> = {
  302: 'FOUND',
  303: 'SEE_OTHER',
  307: 'TEMPORARY_REDIRECT',
  308: 'PERMANENT_REDIRECT',
};

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/**
 * The answer that sends a request elsewhere. `listenPort` is the port of the request, for FROM_REQUEST_PORT; `requestScheme`
 * is what it came by, which it keeps unless the redirect names another.
 */
export function redirectAction(
  redirect: HttpRedirect,
  listenPort: number,
  requestScheme: 'http' | 'https',
): Route['redirect'] {
  const port = redirect.derivePort === 'FROM_REQUEST_PORT' ? listenPort : redirect.port;
  // A port that is the scheme's own does not belong into the address.
  const isDefault = DEFAULT_PORTS[redirect.scheme || requestScheme] === port;
  return {
    schemeRedirect: redirect.scheme || undefined,
    hostRedirect: redirect.authority || undefined,
    portRedirect: isDefault ? undefined : port,
    pathRedirect: redirect.uri ?? '',
    responseCode: CODES[redirect.redirectCode ?? 301],
  };
}

/** The answer that the proxy gives itself. */
export function directResponseAction(response: NonNullable<HttpRoute['directResponse']>): Route['directResponse'] {
  const { status, body } = response;
  if (body?.string !== undefined) return { status, body: { inlineString: body.string } };
  return { status, body: body?.bytes === undefined ? undefined : { inlineBytes: body.bytes } };
}
