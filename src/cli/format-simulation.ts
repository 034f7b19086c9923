import type { SimulatedHost, Simulation } from '../simulate';
import { plainStyle, type TerminalStyle } from './terminal-style';

/** The shares for people: one table per host, client zones as rows, zones that serve as columns; then what to worry about. */
export function formatSimulation(simulation: Simulation, style: TerminalStyle = plainStyle): string {
  const title = style.strong(`Simulation  ${describe(simulation.scenario)}`);
  const hosts = simulation.hosts.map((host) => formatHost(host, style));
  const ending = simulation.overloaded ? ['', style.removed('Some zone would have to serve more than it can.')] : [];
  return `${[title, ...hosts.flat(), ...ending].join('\n')}\n`;
}

function describe({ primary, lose, drain, unhealthy, noLocality }: Simulation['scenario']): string {
  const parts = [
    ...lose.map((zone) => `${zone} is lost`),
    ...drain.map((zone) => `${zone} is drained`),
    ...Object.entries(unhealthy).map(([zone, percent]) => `${percent} % of ${zone} unhealthy`),
    ...noLocality.map((zone) => `gateways of ${zone} without locality`),
  ];
  return `${parts.length === 0 ? 'everything is well' : parts.join('; ')}  (primary: ${primary === 'mixed' ? 'as each zone reports' : primary})`;
}

function formatHost(host: SimulatedHost, style: TerminalStyle): string[] {
  return [
    '',
    `${style.strong(host.host)}  ${host.accessPoint ?? host.nameService ?? ''}`,
    ...(host.dnsShares === undefined ? meshTables(host, 'from') : nameTables(host, host.dnsShares)),
    ...host.warnings.map((warning) => style.changed(`  ! ${warning}`)),
  ];
}

function meshTables({ shares, grpcShares }: SimulatedHost, title: string): string[] {
  if (JSON.stringify(shares) === JSON.stringify(grpcShares)) return table(title, shares);
  return [...table(`${title} (Envoy)`, shares), ...table(`${title} (gRPC)`, grpcShares)];
}

/** What DNS tells, where that leads when gateways send requests on, and where clients within the mesh go. */
function nameTables(host: SimulatedHost, dnsShares: SimulatedHost['shares']): string[] {
  const { endToEndShares = dnsShares, shares } = host;
  const same = JSON.stringify(endToEndShares) === JSON.stringify(dnsShares);
  return [
    ...table('from, by DNS', dnsShares),
    ...(same ? [] : table('from, by DNS and the gateway', endToEndShares)),
    ...(Object.keys(shares).length === 0 ? [] : meshTables(host, 'from, within the mesh')),
  ];
}

function table(title: string, shares: SimulatedHost['shares']): string[] {
  if (Object.keys(shares).length === 0) return ['  no zone that is left has clients of it'];
  const columns = [...new Set(Object.values(shares).flatMap((row) => Object.keys(row)))].sort();
  const head = [title, ...columns];
  const body = Object.entries(shares).map(([from, row]) => [from, ...columns.map((zone) => percent(row[zone] ?? 0))]);
  const widths = head.map((_, index) => Math.max(...[head, ...body].map((cells) => (cells[index] ?? '').length)));
  return [head, ...body].map((cells) =>
    `  ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function percent(fraction: number): string {
  if (fraction === 0) return '·';
  return `${Number((fraction * 100).toFixed(2))} %`;
}
