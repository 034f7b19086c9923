import { z } from 'zod';
import { duration, time, zoneName } from './fields';

const locality = z.object({
  localPercent: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Percent of the requests that stays in its zone; that of the mesh when left out.'),
  remote: z
    .enum(['Nearest', 'All'])
    .default('Nearest')
    .describe('Nearest: the nearest remote zone takes the rest. All: every remote zone takes its part.'),
  failoverOrder: z.array(zoneName).max(64).default([]).describe('Zones that count as nearer, nearest first.'),
});

const outlierDetection = z.object({
  consecutive5xxErrors: z
    .int()
    .min(0)
    .default(5)
    .describe('So many errors in a row put an endpoint aside; 0 switches that off.'),
  interval: duration.default('1s').describe('Time between two looks.'),
  baseEjectionTime: duration.default('30s').describe('How long an endpoint stays aside the first time.'),
});

const drain = z.object({
  zone: zoneName.describe('region/zone'),
  until: time.describe('When the drain ends by itself.'),
  reason: z.string().max(1024).optional().describe('Why, for those who read it.'),
});

/** How requests are spread while the access point runs. */
export const runtime = z.object({
  locality: locality.prefault({}).describe('How requests are spread over zones.'),
  outlierDetection: outlierDetection
    .prefault({})
    .describe('When an endpoint is put aside. All of a zone may be, so that failover starts.'),
  drain: z
    .array(drain)
    .max(64)
    .default([])
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['zone'] })
    .describe('Zones that take no traffic for a while.'),
});
