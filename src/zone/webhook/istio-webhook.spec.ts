import * as fc from 'fast-check';
import { silentLogger, systemClock } from '../../kernel';
import { gatewayKind, virtualServiceKind } from '../../istio';
import type { KubeObject } from '../../kube/schema';
import { startZone, type Zone } from '../process/start-zone';
import { seen, ZoneWorld } from '../testing/zone-world';
import { validatingWebhookKind } from './istio-webhook-configuration';
import { reviewIstioObject } from './review-istio-object';

jest.setTimeout(60_000);

const virtualService = (host: string, more: object = {}): KubeObject => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'VirtualService',
  metadata: { name: 'checkout', namespace: 'default' },
  spec: { hosts: ['checkout'], http: [{ route: [{ destination: { host } }] }, ...(more === undefined ? [] : [more])] },
});

describe('reviewIstioObject', () => {
  it('names the fields of what it refuses', () => {
    const answer = reviewIstioObject({
      request: { uid: 'u', object: virtualService('*', { redirect: { uri: '/a' } }) },
    });
    expect(answer).toMatchObject({
      response: {
        uid: 'u',
        allowed: false,
        status: { code: 422, details: { causes: [{ field: 'spec.http[0].route[0].destination.host' }] } },
        warnings: [expect.stringMatching(/^spec\.http\[1\]: the route is never used.*FLO8060/)],
      },
    });
  });

  it('lets through what leaves the spec as it was, deletions and subresources', () => {
    const bad = virtualService('*', { redirect: { uri: '/a' } });
    const allowed = { response: { allowed: true } };
    expect(reviewIstioObject({ request: { uid: 'u', object: bad, oldObject: bad } })).toMatchObject(allowed);
    expect(reviewIstioObject({ request: { uid: 'u', object: null, oldObject: bad } })).toMatchObject(allowed);
    expect(reviewIstioObject({ request: { uid: 'u', object: bad, subResource: 'status' } })).toMatchObject(allowed);
  });

  it('answers any body', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (body) => expect(reviewIstioObject(body)).toHaveProperty('response.allowed')),
    );
  });
});

describe('the webhook of a zone', () => {
  let world: ZoneWorld;
  let zone: Zone;

  beforeAll(async () => {
    world = await ZoneWorld.open();
    zone = await startZone({
      ...{ cluster: 'east-1-gw', client: world.gateway, webhook: '127.0.0.1:0' },
      ...{ xds: '127.0.0.1:0', tlsXds: '127.0.0.1:0', debug: '127.0.0.1:0' },
      ...{ clock: systemClock, random: Math.random, logger: silentLogger, primary: 'flotilla' },
    });
    await zone.ready;
    await world.hubSigns();
    await seen(
      () => world.gateway.get(validatingWebhookKind, 'flotilla-zone-prod'),
      (found) => found !== undefined,
    );
  });

  afterAll(async () => {
    await zone.close();
    await world.close();
  });

  it('has the API server refuse a bad VirtualService, naming the field, over the certificate of citadel', async () => {
    await seen(
      () =>
        world.gateway.create(virtualServiceKind, virtualService('*') as never).then(
          () => world.gateway.delete(virtualServiceKind, 'checkout', 'default').then(() => ''),
          (cause: Error) => cause.message,
        ),
      (message) => /spec\.http\[0\]\.route\[0\]\.destination\.host: a destination is one host.*FLO8047/.test(message),
    );
    expect(await world.gateway.get(virtualServiceKind, 'checkout', 'default')).toBeUndefined();
  });

  it('lets through what is right', async () => {
    const good = virtualService('checkout', { match: [{ uri: { prefix: '/' } }], redirect: { uri: '/a' } });
    await world.gateway.create(virtualServiceKind, good as never);
    await world.gateway.create(gatewayKind, {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'Gateway', metadata: { name: 'web', namespace: 'default' } },
      spec: { servers: [{ port: { number: 80, name: 'http', protocol: 'HTTP' }, hosts: ['*'] }] },
    });
  });
});
