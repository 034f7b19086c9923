import { z } from 'zod';
import { defineKind, type ObjectOf } from '../kube/schema';
import { istioStatus, stringMap } from './networking/fields';

const workloadMode = z.object({ mode: z.enum(['CLIENT_AND_SERVER', 'CLIENT', 'SERVER']).optional() });
const providers = z.array(z.object({ name: z.string() })).optional();
const customTag = z.object({
  literal: z.object({ value: z.string() }).optional(),
  environment: z.object({ name: z.string(), defaultValue: z.string().optional() }).optional(),
  header: z.object({ name: z.string(), defaultValue: z.string().optional() }).optional(),
  formatter: z.object({ value: z.string() }).optional(),
});
const targetRef = z.object({
  group: z.string().optional(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
});

const spec = z.object({
  selector: z.object({ matchLabels: stringMap.optional() }).optional(),
  targetRef: targetRef.optional(),
  targetRefs: z.array(targetRef).optional(),
  tracing: z
    .array(
      z.object({
        match: workloadMode.optional(),
        providers,
        randomSamplingPercentage: z.number().min(0).max(100).optional(),
        disableSpanReporting: z.boolean().optional(),
        customTags: z.record(z.string(), customTag).optional(),
        useRequestIdForTraceSampling: z.boolean().optional(),
        disableContextPropagation: z.boolean().optional(),
        enableIstioTags: z.boolean().optional(),
      }),
    )
    .optional(),
  metrics: z
    .array(
      z.object({
        providers,
        overrides: z
          .array(
            z.object({
              match: z
                .object({
                  metric: z.string().optional(),
                  customMetric: z.string().optional(),
                  mode: z.enum(['CLIENT_AND_SERVER', 'CLIENT', 'SERVER']).optional(),
                })
                .optional(),
              disabled: z.boolean().optional(),
              tagOverrides: z
                .record(
                  z.string(),
                  z.object({ operation: z.enum(['UPSERT', 'REMOVE']).optional(), value: z.string().optional() }),
                )
                .optional(),
            }),
          )
          .optional(),
        reportingInterval: z.string().optional(),
      }),
    )
    .optional(),
  accessLogging: z
    .array(
      z.object({
        match: workloadMode.optional(),
        providers,
        disabled: z.boolean().optional(),
        filter: z.object({ expression: z.string().optional() }).optional(),
      }),
    )
    .optional(),
});

/** telemetry.istio.io Telemetry: tracing, metrics and access logs of workloads. */
export const telemetryKind = defineKind({
  group: 'telemetry.istio.io',
  version: 'v1',
  kind: 'Telemetry',
  plural: 'telemetries',
  singular: 'telemetry',
  shortNames: [],
  categories: ['istio-io', 'telemetry-istio-io'],
  namespaced: true,
  description: 'Tracing, metrics and access logs of workloads.',
  spec,
  status: istioStatus,
  printerColumns: [{ name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }],
});

export type Telemetry = ObjectOf<typeof telemetryKind>;
