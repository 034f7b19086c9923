import { Resolver } from 'node:dns/promises';
import { meshKind } from '../../federation/api';
import { FlotillaError, pause, systemClock } from '../../kernel';
import { type FleetPlan, type FleetZone, wellKnownPorts, zoneOfAddressIn } from '../plan/fleet-plan';
import { type CheckedName, checkName, type DnsAnswers } from '../report/check-split';
import { expectedNameShares } from '../report/expected-shares';
import type { DemoFleet } from './demo-fleet';
import type { MeasuredIntent } from './measured-intent';

const PAUSE_MS = 200;
/** Three of the cycles in which a zone answers 99 to 1. */
const QUESTIONS = 300;
const REQUESTS = 500;
const AT_ONCE = 20;

/**
 * Asks for the demo's global name from every zone: its DNS server over UDP, and by gRPC within the mesh. Waits first until each zone tells
 * as it should, because the name follows the access point's addresses.
 * @throws FlotillaError FLO6007 with the last reasons when that takes longer than `timeoutMs`
 */
export function measureNames(
  fleet: DemoFleet,
  intent: MeasuredIntent,
  timeoutMs: number,
): Promise<readonly CheckedName[]> {
  const deadlineMs = systemClock.nowMs() + timeoutMs;
  return Promise.all(
    fleet.plan.zones.map(async (zone) => {
      for (;;) {
        const checked = await measure(fleet, intent, zone);
        if (checked.reasons.length === 0) return checked;
        if (systemClock.nowMs() > deadlineMs) throw notAnswered(timeoutMs, checked.reasons);
        await pause(systemClock, PAUSE_MS);
      }
    }),
  );
}

async function measure(fleet: DemoFleet, intent: MeasuredIntent, zone: FleetZone): Promise<CheckedName> {
  const { plan } = fleet;
  const load = { kind: 'grpc', byName: true, requests: REQUESTS, concurrency: AT_ONCE } as const;
  const [dns, result] = await Promise.all([askByDns(plan, zone), fleet.clientOf(zone).load(load)]);
  const measured = { ...result, client: 'grpc', protocol: 'grpc', fromZone: zone.name } as const;
  const { localPercent } = meshKind.spec.parse(intent.mesh.spec).locality;
  const zones = plan.zones.map(({ name }) => name);
  return checkName(plan.globalName, dns, measured, expectedNameShares(localPercent, zone.name, zones));
}

async function askByDns(plan: FleetPlan, { addresses }: FleetZone): Promise<DnsAnswers> {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`${addresses.primary}:${wellKnownPorts.dns}`]);
  const zoneOf = zoneOfAddressIn(plan);
  const told: Record<string, number> = {};
  let unanswered = 0;
  for (let asked = 0; asked < QUESTIONS; asked += AT_ONCE) {
    const answers = await Promise.all(
      Array.from({ length: AT_ONCE }, () => resolver.resolve4(plan.globalName).catch(() => [])),
    );
    unanswered += answers.filter(({ length }) => length === 0).length;
    for (const zone of answers.flat().map((address) => zoneOf(address) ?? address)) told[zone] = (told[zone] ?? 0) + 1;
  }
  return { questions: QUESTIONS, unanswered, told };
}

function notAnswered(timeoutMs: number, reasons: readonly string[]): FlotillaError {
  return new FlotillaError(`waiting for the global name failed after ${timeoutMs / 1000} s: ${reasons.join('; ')}`, {
    code: 'FLO6007',
    hint: 'read the logs of the hub and the zones in the data folder',
  });
}
