import { resolveRequestInfo } from './request-info';

describe('resolveRequestInfo', () => {
  it.each([
    ['GET', '/api/v1/pods', 'list', ['', 'v1', '', 'pods', '', '']],
    ['GET', '/api/v1/namespaces/shop/pods/a', 'get', ['', 'v1', 'shop', 'pods', 'a', '']],
    ['GET', '/api/v1/namespaces/shop/pods?watch=1', 'watch', ['', 'v1', 'shop', 'pods', '', '']],
    ['GET', '/api/v1/namespaces/shop/pods?watch=false', 'list', ['', 'v1', 'shop', 'pods', '', '']],
    [
      'PUT',
      '/apis/apps/v1/namespaces/shop/deployments/a/scale',
      'update',
      ['apps', 'v1', 'shop', 'deployments', 'a', 'scale'],
    ],
    [
      'DELETE',
      '/apis/apps/v1/namespaces/shop/deployments',
      'deletecollection',
      ['apps', 'v1', 'shop', 'deployments', '', ''],
    ],
    ['DELETE', '/api/v1/nodes/n', 'delete', ['', 'v1', '', 'nodes', 'n', '']],
    ['GET', '/api/v1/namespaces', 'list', ['', 'v1', '', 'namespaces', '', '']],
    ['GET', '/api/v1/namespaces/shop', 'get', ['', 'v1', '', 'namespaces', 'shop', '']],
    ['PUT', '/api/v1/namespaces/shop/finalize', 'update', ['', 'v1', '', 'namespaces', 'shop', 'finalize']],
    ['PATCH', '/api/v1/namespaces/shop/status', 'patch', ['', 'v1', '', 'namespaces', 'shop', 'status']],
    [
      'GET',
      '/apis/rbac.authorization.k8s.io/v1/clusterroles/system%3Anode',
      'get',
      ['rbac.authorization.k8s.io', 'v1', '', 'clusterroles', 'system:node', ''],
    ],
  ])('%s %s is %s', (method, url, verb, [group, version, namespace, plural, name, subresource]) => {
    expect(resolveRequestInfo(method, url)).toMatchObject({
      verb,
      resource: { group, version, namespace, plural, name, subresource },
    });
  });

  it.each(['/api', '/apis', '/api/v1', '/apis/apps', '/apis/apps/v1', '/version', '/openapi/v3/apis/apps/v1'])(
    '%s names no resource',
    (path) => {
      expect(resolveRequestInfo('GET', path)).toMatchObject({ verb: 'get', path });
      expect(resolveRequestInfo('GET', path).resource).toBeUndefined();
    },
  );

  it('refuses a broken escape', () => {
    expect(() => resolveRequestInfo('GET', '/api/v1/%zz')).toThrow('broken escape: %zz');
  });
});
