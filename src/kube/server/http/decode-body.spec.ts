import { decodeObject } from './decode-body';
import { negotiate } from './negotiate';
import { decodeProtobuf } from './protobuf/decode-protobuf';

/** Few bytes that stand for very many values. */
function manyAliases(): string {
  const level = (number: number): string => `a${number}: &a${number} [${`*a${number - 1},`.repeat(9)}]\n`;
  return `a0: &a0 [x]\n${Array.from({ length: 9 }, (_none, index) => level(index + 1)).join('')}`;
}

describe('decodeObject', () => {
  it('reads JSON and YAML', () => {
    expect(decodeObject(Buffer.from('{"kind":"A"}'), 'application/json; charset=utf-8')).toEqual({ kind: 'A' });
    expect(decodeObject(Buffer.from('kind: A\n'), 'application/yaml')).toEqual({ kind: 'A' });
  });

  it.each([
    ["couldn't parse the body as JSON", 'application/json', '{'],
    ["couldn't parse the body as YAML", 'application/yaml', 'a: 1\na: 2\n'],
    ["couldn't parse the body as YAML", 'application/yaml', '['.repeat(20_000)],
    ["couldn't parse the body as YAML", 'application/yaml', manyAliases()],
    ['the body is not an object', 'application/json', '[]'],
    ['the body is empty', 'application/json', ''],
    ['the body of the request was in an unknown format', 'text/plain', 'x'],
    ['the body is nested deeper than 512 levels', 'application/json', `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`],
    ['the body holds the key __proto__', 'application/json', '{"data":{"__proto__":"x"}}'],
    ['the body holds the key __proto__', 'application/yaml', 'data: {__proto__: {a: b}}'],
  ])('refuses: %s (%s)', (message, type, body) => {
    expect(() => decodeObject(Buffer.from(body), type)).toThrow(message);
  });

  it('stands any depth', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    expect(() => decodeObject(Buffer.from(`{"a":${deep}}`), 'application/json')).toThrow();
  });
});

describe('decodeProtobuf', () => {
  const varint = (value: number): number[] =>
    value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
  const field = (number: number, content: Buffer | string | number): Buffer => {
    if (typeof content === 'number') return Buffer.from([...varint(number << 3), ...varint(content)]);
    const bytes = Buffer.from(content);
    return Buffer.concat([Buffer.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
  };
  const message = (...fields: readonly Buffer[]): Buffer => Buffer.concat(fields);
  const envelope = (apiVersion: string, kind: string, raw: Buffer): Buffer =>
    message(Buffer.from('k8s\0'), field(1, message(field(1, apiVersion), field(2, kind))), field(2, raw));

  it('reads maps, bytes, nested messages, times and zeros that are meant', () => {
    const metadata = message(
      field(1, 'a'),
      field(2, ''),
      field(8, message(field(1, 1_767_225_600))),
      field(11, message(field(1, 'k'), field(2, 'v'))),
    );
    const configMap = message(
      field(1, metadata),
      field(2, message(field(1, 'x'), field(2, 'y'))),
      field(3, message(field(1, 'b'), field(2, 'bytes'))),
      field(4, 0),
    );
    expect(decodeProtobuf(envelope('v1', 'ConfigMap', configMap))).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', creationTimestamp: '2026-01-01T00:00:00Z', labels: { k: 'v' } },
      data: { x: 'y' },
      binaryData: { b: Buffer.from('bytes').toString('base64') },
      immutable: false,
    });
  });

  it('reads numbers or names, quantities and lists', () => {
    const port = message(field(1, 'http'), field(3, 80), field(4, message(field(1, 1), field(3, 'web'))));
    const other = message(field(3, 443), field(4, message(field(1, 0), field(2, 8443))));
    const service = message(field(1, message(field(1, 's'))), field(2, message(field(1, port), field(1, other))));
    expect(decodeProtobuf(envelope('v1', 'Service', service))).toMatchObject({
      spec: {
        ports: [
          { name: 'http', port: 80, targetPort: 'web' },
          { port: 443, targetPort: 8443 },
        ],
      },
    });
  });

  it('refuses what is no such message', () => {
    expect(() => decodeProtobuf(Buffer.from('nonsense'))).toThrow('not a Kubernetes protobuf object');
    expect(() => decodeProtobuf(envelope('example.com/v1', 'Widget', Buffer.alloc(0)))).toThrow(
      'cannot be sent as protobuf',
    );
    expect(() => decodeProtobuf(envelope('v1', 'ConfigMap', Buffer.from([0x0a, 0xff])))).toThrow('ends too early');
  });

  it('reads long lists and maps in a time that grows with their length', () => {
    const count = 50_000;
    const finalizers = Array.from({ length: count }, (_none, index) => field(14, `a/${index}`));
    const labels = Array.from({ length: count }, (_none, index) =>
      field(11, message(field(1, `key-${index}`), field(2, 'x'))),
    );
    const body = envelope('v1', 'ConfigMap', field(1, Buffer.concat([...finalizers, ...labels])));
    const { metadata } = decodeProtobuf(body);
    expect(metadata.finalizers).toHaveLength(count);
    expect(Object.keys(metadata.labels ?? {})).toHaveLength(count);
  });

  it('refuses embedded objects that are not JSON, and keys that would not be data', () => {
    const fields = field(17, field(7, field(1, '{')));
    expect(() => decodeProtobuf(envelope('v1', 'ConfigMap', field(1, fields)))).toThrow('not JSON');
    const body = envelope('v1', 'ConfigMap', field(2, message(field(1, '__proto__'), field(2, 'x'))));
    expect(() => decodeObject(body, 'application/vnd.kubernetes.protobuf')).toThrow('the body holds the key __proto__');
  });
});

describe('negotiate', () => {
  it.each([
    [undefined, { format: 'json' }],
    ['*/*', { format: 'json' }],
    ['application/vnd.kubernetes.protobuf, application/yaml', { format: 'yaml' }],
    [
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
      { format: 'json', as: 'Table', group: 'meta.k8s.io', version: 'v1' },
    ],
    ['application/json;as=Other;v=v1;g=meta.k8s.io,application/json', { format: 'json' }],
  ])('%s', (accept, expected) => {
    expect(negotiate(accept, ['Table'])).toEqual(expected);
  });

  it('refuses what cannot be written', () => {
    expect(() => negotiate('text/html', [])).toThrow('only the following media types are accepted');
  });
});
