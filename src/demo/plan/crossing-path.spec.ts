import * as fc from 'fast-check';
import { parseZoneName } from '../../kernel';
import { crossingsOf, pathOf, zoneLookup } from './crossing-path';

const zoneOf = zoneLookup([
  { prefix: '127.11', name: parseZoneName('east/east-1') },
  { prefix: '127.12', name: parseZoneName('east/east-2') },
  { prefix: '127.13', name: parseZoneName('west/west-1') },
]);
const path = (origin: string | undefined, forwardedFor: string | undefined, connection: string[], to: string) =>
  pathOf({ origin, forwardedFor, connection, destination: to }, zoneOf);

describe('pathOf', () => {
  it('stays in the zone when everything does', () => {
    const local = path('east/east-1', '127.11.3.1', ['127.11.4.1'], 'east/east-1');
    expect(local).toEqual(['east/east-1']);
    expect(crossingsOf(local)).toBe(0);
  });

  it('crosses once when a gateway sends to the address of a remote zone', () => {
    const remote = path('east/east-1', '127.11.3.1', ['127.11.4.1', '127.12.1.1'], 'east/east-2');
    expect(crossingsOf(remote)).toBe(1);
  });

  it('counts every border when a remote gateway distributes again, also when the request comes back', () => {
    const twice = path('east/east-1', '127.11.3.1, 127.11.4.1', ['127.12.4.1', '127.13.1.1'], 'west/west-1');
    expect(twice).toEqual(['east/east-1', 'east/east-2', 'west/west-1']);
    const back = path('east/east-1', '127.11.3.1,127.11.4.1', ['127.12.4.1'], 'east/east-1');
    expect(crossingsOf(back)).toBe(2);
  });

  it('sees a crossing without any load balancer: a pod of another zone called directly', () => {
    expect(crossingsOf(path(undefined, undefined, ['127.11.3.1'], 'west/west-1'))).toBe(1);
  });

  it('says nothing about addresses that it does not know', () => {
    expect(path(undefined, '127.0.0.1, 10.0.0.1', ['::ffff:127.13.4.1'], 'west/west-1')).toEqual(['west/west-1']);
    expect(path(undefined, undefined, ['127.0.0.1'], 'west/west-1')).toEqual(['west/west-1']);
  });

  it('never repeats neighbours, and counts as many crossings as there are changes of zone', () => {
    const octet = fc.constantFrom('11', '12', '13');
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 6 }), octet, (octets, last) => {
        const name = (zone: string): string => zoneOf(`127.${zone}.0.1`) ?? '';
        const found = path(
          undefined,
          undefined,
          octets.map((zone) => `127.${zone}.1.1`),
          name(last),
        );
        const changes = [...octets, last].filter((zone, index, all) => index > 0 && zone !== all[index - 1]).length;
        expect(crossingsOf(found)).toBe(changes);
      }),
    );
  });
});
