export { ClientZones, type ClientNetwork } from './client-zones';
export { DnsServer, type DnsServerCounts, type DnsServerOptions } from './dns-server';
