import type { IncomingHttpHeaders } from 'node:http';
import { badRequest } from '../api-error';
import { authorise } from '../authorisation/authorise';
import type { ResourceAccess } from '../authorisation/policy';
import type { Authorizer } from '../authorisation/rbac';
import type { UserInfo } from '../registry/write-request';
import { ANONYMOUS, AUTHENTICATED_GROUP, UNAUTHENTICATED_GROUP } from './authenticate';

const STANDINGS: readonly string[] = [AUTHENTICATED_GROUP, UNAUTHENTICATED_GROUP];
const SERVICE_ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/**
 * The user that a request acts as (`Impersonate-User`, `-Group`, `-Uid`, `-Extra-*`), if the real one may do that.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#user-impersonation
 * @throws ApiError 400 when a user is missing, 403 when impersonation is not allowed
 */
export function impersonate(user: UserInfo, headers: IncomingHttpHeaders, authorizer: Authorizer): UserInfo {
  const name = textOf(headers['impersonate-user']);
  const groups = listOf(headers['impersonate-group']);
  const uid = textOf(headers['impersonate-uid']);
  const extra = extraOf(headers);
  if (name === undefined) {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user;
    throw badRequest('requested impersonation without a user: Impersonate-User is missing');
  }
  for (const access of accessesOf(name, groups, uid, Object.entries(extra))) authorise(authorizer, user, access);
  return {
    name,
    groups: withStanding(name, groups.length > 0 ? groups : groupsOf(name)),
    ...(uid === undefined ? {} : { uid }),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}

function accessesOf(
  name: string,
  groups: readonly string[],
  uid: string | undefined,
  extra: readonly (readonly [string, readonly string[]])[],
): readonly ResourceAccess[] {
  const base = { kind: 'resource', verb: 'impersonate', subresource: '', namespace: '' } as const;
  const authentication = { ...base, group: 'authentication.k8s.io' };
  const account = SERVICE_ACCOUNT.exec(name);
  const user = account
    ? { ...base, group: '', resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' }
    : { ...base, group: '', resource: 'users', name };
  return [
    user,
    ...groups.map((group) => ({ ...base, group: '', resource: 'groups', name: group })),
    ...(uid === undefined ? [] : [{ ...authentication, resource: 'uids', name: uid }]),
    ...extra.flatMap(([key, values]) =>
      values.map((value) => ({ ...authentication, resource: 'userextras', subresource: key, name: value })),
    ),
  ];
}

/** Everybody is in one of the groups of the proven and the unproven; who names one himself means it. */
function withStanding(name: string, groups: readonly string[]): readonly string[] {
  if (groups.some((group) => STANDINGS.includes(group))) return groups;
  return [...groups, name === ANONYMOUS.name ? UNAUTHENTICATED_GROUP : AUTHENTICATED_GROUP];
}

function groupsOf(name: string): readonly string[] {
  const account = SERVICE_ACCOUNT.exec(name);
  return account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1] ?? ''}`] : [];
}

function extraOf(headers: IncomingHttpHeaders): Readonly<Record<string, readonly string[]>> {
  const prefix = 'impersonate-extra-';
  const entries = Object.entries(headers).filter(([header]) => header.startsWith(prefix));
  return Object.fromEntries(entries.map(([header, value]) => [unescaped(header.slice(prefix.length)), listOf(value)]));
}

/** A key that is not escaped properly is taken as it is, as kube-apiserver takes it. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch (cause) {
    if (cause instanceof URIError) return key;
    throw cause;
  }
}

function textOf(value: string | string[] | undefined): string | undefined {
  const text = Array.isArray(value) ? value[0] : value;
  return text === '' ? undefined : text;
}

/** Node joins repeated headers with a comma and a space. */
function listOf(value: string | string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return [value]
    .flat()
    .flatMap((part) => part.split(', '))
    .filter((part) => part !== '');
}
