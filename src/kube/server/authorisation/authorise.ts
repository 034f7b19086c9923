import { ApiError, forbidden } from '../api-error';
import type { UserInfo } from '../registry/write-request';
import type { RequestInfo } from '../request/request-info';
import { parseFieldSelector } from '../request/selector';
import type { AccessAttributes, ResourceAccess } from './policy';
import type { Authorizer } from './rbac';

/** What a request wants to do. */
export function accessOf(info: RequestInfo): AccessAttributes {
  const { verb, path, resource } = info;
  if (resource === undefined) return { kind: 'path', verb, path };
  const { group, plural, subresource, namespace, name } = resource;
  // Namespaces are looked up within themselves, so that a Role may speak about its own namespace.
  const place = group === '' && plural === 'namespaces' ? name : namespace;
  return {
    kind: 'resource',
    verb,
    group,
    resource: plural,
    subresource,
    namespace: place,
    name: name || selectedName(info),
  };
}

/**
 * A list or watch of one object by its name is about that name, so that a rule with `resourceNames` can allow it.
 * @throws ApiError 400 on a field selector that cannot be read
 */
function selectedName({ verb, query }: RequestInfo): string {
  if (verb !== 'list' && verb !== 'watch') return '';
  const terms = parseFieldSelector(query.get('fieldSelector'));
  const name = terms.find(({ field, equal }) => field === 'metadata.name' && equal)?.value ?? '';
  return /^\.{1,2}$|[/%]/.test(name) ? '' : name;
}

/** Lets a request pass, or says in Kubernetes' words what the user may not do. @throws ApiError 403 */
export function authorise(authorizer: Authorizer, user: UserInfo, access: AccessAttributes): void {
  if (!authorizer.allows(user, access)) throw refusal(user, access);
}

function refusal(user: UserInfo, access: AccessAttributes): ApiError {
  if (access.kind === 'path') {
    return new ApiError('Forbidden', `forbidden: User "${user.name}" cannot ${access.verb} path "${access.path}"`, {});
  }
  return forbidden({ group: access.group, plural: access.resource }, access.name, describe(user, access));
}

function describe(user: UserInfo, { verb, resource, subresource, group, namespace }: ResourceAccess): string {
  const full = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  return `User "${user.name}" cannot ${verb} resource "${full}" in API group "${group}" ${where}`;
}
