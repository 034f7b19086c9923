import { protocolOfServicePort } from './protocol';

describe('protocolOfServicePort', () => {
  it.each([
    [{ port: 80, name: 'http' }, 'HTTP'],
    [{ port: 80, name: 'HTTP-web' }, 'HTTP'],
    [{ port: 80, name: 'grpc-web-api' }, 'GRPC-Web'],
    [{ port: 80, name: 'grpc-api' }, 'GRPC'],
    [{ port: 80, name: 'web' }, 'Unsupported'],
    [{ port: 80, name: 'https', appProtocol: 'tcp' }, 'TCP'],
    [{ port: 80, name: 'web', appProtocol: 'kubernetes.io/h2c' }, 'HTTP2'],
    [{ port: 80, name: 'http', appProtocol: 'company.com/custom' }, 'HTTP'],
    [{ port: 3306, name: 'database' }, 'TCP'],
    [{ port: 3306, name: 'http' }, 'HTTP'],
    [{ port: 53, name: 'http', protocol: 'UDP' }, 'UDP'],
  ] as const)('%j is %s', (port, expected) => {
    expect(protocolOfServicePort(port)).toBe(expected);
  });
});
