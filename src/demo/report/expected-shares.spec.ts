import { accessPointKind } from '../../accesspoint';
import { parseZoneName, type ZoneName } from '../../kernel';
import { expectedShares } from './expected-shares';

const zones = ['east/east-1', 'east/east-2', 'west/west-1'].map(parseZoneName);
const spec = (runtime: object = {}) =>
  accessPointKind.spec.parse({
    mesh: 'prod',
    hosts: ['a.example.com'],
    ports: [{ name: 'http', number: 80, protocol: 'HTTP' }],
    backend: { service: { name: 'a' }, selector: { app: 'a' } },
    placement: {},
    runtime,
  });

describe('expectedShares', () => {
  it('keeps 99 % local and gives the nearest zone 1 % by default', () => {
    const from = (zone: ZoneName) => expectedShares(spec(), 99, zone, zones);
    expect(zones.map(from)).toEqual([
      { 'east/east-1': 0.99, 'east/east-2': 0.01 },
      { 'east/east-2': 0.99, 'east/east-1': 0.01 },
      { 'west/west-1': 0.99, 'east/east-1': 0.01 },
    ]);
  });

  it('lets the access point overrule the mesh, and is whole for a single zone', () => {
    const own = spec({ locality: { localPercent: 80, remote: 'All' } });
    expect(expectedShares(own, 99, zones[0]!, zones)).toEqual({
      'east/east-1': 0.8,
      'east/east-2': 0.1,
      'west/west-1': 0.1,
    });
    expect(expectedShares(spec(), 99, zones[0]!, zones.slice(0, 1))).toEqual({ 'east/east-1': 1 });
  });
});
