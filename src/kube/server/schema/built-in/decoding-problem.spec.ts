import { decodingProblem } from './decoding-problem';

const service = (spec: unknown): unknown => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec });

describe('decodingProblem', () => {
  it.each<[string, unknown, string | undefined]>([
    ['what fits', service({ ports: [{ port: 80, targetPort: 'http' }], selector: { a: 'b' } }), undefined],
    ['nulls anywhere', service({ ports: null, selector: { a: null }, type: null }), undefined],
    ['fields it does not know', service({ nothing: { at: ['all'] } }), undefined],
    [
      'a list for a map',
      service({ selector: [] }),
      'array into Go struct field ServiceSpec.spec.selector of type map[string]string',
    ],
    [
      'a text for a number',
      service({ ports: [{ port: '1' }] }),
      'string into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      'a number that is too large',
      service({ ports: [{ port: 2 ** 31 }] }),
      'number 2147483648 into Go struct field ServicePort.spec.ports.port of type int32',
    ],
    [
      'a text for an object',
      { apiVersion: 'v1', kind: 'Service', metadata: 'm' },
      'string into Go struct field Service.metadata of type v1.ObjectMeta',
    ],
  ])('says what Go says of %s', (_what, value, problem) => {
    expect(decodingProblem('v1/Service', value)).toBe(problem && `json: cannot unmarshal ${problem}`);
  });

  it('knows no other kinds', () => {
    expect(decodingProblem('example.com/v1/Widget', { spec: 1 })).toBeUndefined();
  });

  it.each([
    ['2026-02-29T00:00:00Z', 'parsing time "2026-02-29T00:00:00Z": day out of range'],
    ['2026-13-01T00:00:00Z', 'parsing time "2026-13-01T00:00:00Z": month out of range'],
    ['2026-01-01T00:00:00Zx', 'parsing time "2026-01-01T00:00:00Zx": extra text: "x"'],
    [
      '2026-01-01 00:00:00Z',
      'parsing time "2026-01-01 00:00:00Z" as "2006-01-02T15:04:05Z07:00": cannot parse " 00:00:00Z" as "T"',
    ],
    ['2026-01-01T00:00:00.5Z', undefined],
    ['2026-01-01T00:00:00+02:00', undefined],
  ])('reads times as Go does: %s', (time, problem) => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', creationTimestamp: time } };
    expect(decodingProblem('v1/ConfigMap', object)).toBe(problem);
  });

  it.each([
    ['YQ==', undefined],
    ['', undefined],
    ['YQ\n==', undefined],
    ['!', 'illegal base64 data at input byte 0'],
    ['YWJj-', 'illegal base64 data at input byte 4'],
  ])('reads bytes as Go does: %j', (text, problem) => {
    expect(decodingProblem('v1/Secret', { data: { a: text } })).toBe(problem);
  });
});
