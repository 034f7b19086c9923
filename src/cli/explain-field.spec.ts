import { customResourceDefinitionsOf } from './custom-resource-definitions';
import { explainField, formatField } from './explain-field';

const explain = (wanted: string) => explainField(wanted, customResourceDefinitionsOf('all'));

describe('explaining a field', () => {
  it('finds kinds by name, plural and short name, and goes through lists', () => {
    for (const kind of ['AccessPoint', 'accesspoints', 'ap']) {
      expect(explain(`${kind}.spec.ports.tls`)).toMatchObject({
        kind: 'AccessPoint',
        path: 'spec.ports.tls',
        type: 'object',
      });
    }
    expect(explain('accesspoint.spec.ports[].protocol').type).toBe('HTTP | HTTPS | HTTP2 | GRPC | TCP | TLS');
    expect(explain('serviceentry.spec')).toMatchObject({ apiVersion: 'networking.istio.io/v1' });
  });

  it('lists the fields of a kind for people', () => {
    const text = formatField(explain('nameservice.spec'));
    expect(text).toMatch(/^NameService\.spec {2}<object>\n/);
    expect(text).toMatch(/\n {2}fqdn +\* +string +\S/);
  });

  it.each([
    ['accesspiont', 'AccessPoint, AddressPool'],
    ['ap.spec.runtime.locality.percent', 'localPercent'],
  ])('says what there is instead of %s', (wanted, hint) => {
    const failure = expect.objectContaining({
      code: 'FLO3072',
      hint: expect.stringContaining(hint) as unknown,
    }) as Error;
    expect(() => explain(wanted)).toThrow(failure);
  });
});
