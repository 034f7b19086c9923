import { anyOf } from '../../proto';
import type { Permission, RuleContext } from './rbac-types';
import { addressRange, headerMatcher, valueMatcher } from './value-match';

/** Makes the condition for one value; `undefined` when it cannot be said here (a value that is none, HTTP on a TCP port). */
export type PermissionOf = (value: string, context: RuleContext) => Permission | undefined;

const URI_TEMPLATE = 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig';

/** Only where requests are read. */
function http(make: (value: string) => Permission): PermissionOf {
  return (value, { forTcp }) => (forTcp ? undefined : make(value));
}

export const hostPermission = http((value) => ({ header: headerMatcher(':authority', value, true) }));
export const methodPermission = http((value) => ({ header: headerMatcher(':method', value) }));
export const pathPermission = http((value) =>
  /\{\*\*?\}/.test(value)
    ? {
        uriTemplate: {
          name: 'uri-template',
          typedConfig: anyOf(URI_TEMPLATE, { pathTemplate: value.replaceAll('{**}', '**').replaceAll('{*}', '*') }),
        },
      }
    : { urlPath: { path: valueMatcher(value) } },
);

const portPermission: PermissionOf = (value) =>
  /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? { destinationPort: Number(value) } : undefined;

const addressPermission: PermissionOf = (value) => {
  const destinationIp = addressRange(value);
  return destinationIp && { destinationIp };
};

const serverNamePermission: PermissionOf = (value) => ({ requestedServerName: valueMatcher(value) });

export const destinationPort = portPermission;

/** The attributes of `when` that speak of what is asked for. */
export function permissionAttribute(key: string): PermissionOf | undefined {
  switch (key) {
    case 'destination.ip':
      return addressPermission;
    case 'destination.port':
      return portPermission;
    case 'connection.sni':
      return serverNamePermission;
    default:
      return undefined;
  }
}
