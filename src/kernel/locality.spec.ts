import { formatLocality, parseLocality, parseZoneName, zoneOf } from './locality';

describe('zone names', () => {
  it.each(['east/east-1', 'r1/z_2', 'a/b'])('accepts %s', (raw) => expect(parseZoneName(raw)).toBe(raw));
  it.each(['east', 'east/', '/east-1', 'a/b/c', 'a b/c', ''])('refuses "%s" and says how to write it', (raw) => {
    const refused = expect.objectContaining({
      code: 'FLO1001',
      hint: expect.stringContaining('east/east-1') as string,
    });
    expect(() => parseZoneName(raw)).toThrow(refused as Error);
  });
});

describe('localities', () => {
  it.each(['', 'east', 'east/east-1', 'east/east-1/rack-4'])('reads and writes "%s"', (raw) => {
    expect(formatLocality(parseLocality(raw))).toBe(raw);
  });
  it('knows its zone', () => expect(zoneOf(parseLocality('east/east-1/rack-4'))).toBe('east/east-1'));
});
