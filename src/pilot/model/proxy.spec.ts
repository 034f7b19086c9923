import { NO_LOCALITY, parseProxy } from './proxy';

const id = 'router~10.0.0.1~gateway-1.istio-system~istio-system.svc.cluster.local';

describe('parseProxy', () => {
  it('reads the id', () => {
    expect(parseProxy({ id })).toMatchObject({
      id: 'gateway-1.istio-system',
      type: 'router',
      ip: '10.0.0.1',
      name: 'gateway-1',
      namespace: 'istio-system',
      dnsDomain: 'istio-system.svc.cluster.local',
      locality: NO_LOCALITY,
      labels: {},
      clusterId: 'Kubernetes',
    });
  });

  it('reads the metadata, and drops what has another type', () => {
    const proxy = parseProxy({
      id,
      metadata: {
        NAMESPACE: 'edge',
        LABELS: { istio: 'gateway', broken: 1 },
        CLUSTER_ID: 'east-1',
        NETWORK: 'net-1',
        SERVICE_ACCOUNT: 'gateway',
        INSTANCE_IPS: '10.1.0.1, fd00::1',
        GENERATOR: 'grpc',
      },
    });
    expect(proxy).toMatchObject({
      namespace: 'edge',
      labels: { istio: 'gateway' },
      clusterId: 'east-1',
      network: 'net-1',
      serviceAccount: 'gateway',
      addresses: ['10.1.0.1', 'fd00::1'],
      ip: '10.1.0.1',
      generator: 'grpc',
    });
  });

  it('takes the locality of its labels before that of the node', () => {
    const locality = { region: 'east', zone: 'east-1', subZone: 'rack-1' };
    expect(parseProxy({ id, locality }).locality).toEqual({ region: 'east', zone: 'east-1', subzone: 'rack-1' });
    const metadata = { LABELS: { 'istio-locality': 'west.west-1' } };
    expect(parseProxy({ id, locality, metadata }).locality).toEqual({ region: 'west', zone: 'west-1' });
  });

  it.each([
    ['', 'FLO4010'],
    ['router~10.0.0.1~gateway-1.istio-system', 'FLO4010'],
    ['router~10.0.0.1~~domain', 'FLO4010'],
    ['router~10.0.0.1~no-namespace~domain', 'FLO4010'],
    ['a~b~c.d~e~f', 'FLO4010'],
    ['waypoint~10.0.0.1~a.b~domain', 'FLO4011'],
    ['~10.0.0.1~a.b~domain', 'FLO4011'],
  ])('refuses "%s" with %s', (bad, code) => {
    expect(() => parseProxy({ id: bad })).toThrow(expect.objectContaining({ code }) as Error);
  });
});
