import type { z } from 'zod';
import type { KubeObject } from './kube-object';
import { apiVersionOf, type ResourceKind } from './resource-kind';
import type { StructuralSchema } from './structural-schema';
import { toStructuralSchema } from './to-structural-schema';

/** A column that `kubectl get` shows; `priority` 1 only with `-o wide`. */
export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date';
  readonly jsonPath: string;
  readonly priority?: number;
  readonly description?: string;
}

/** All that is needed to serve, validate and document one custom kind. */
export interface KindDefinition<
  Spec extends z.ZodType = z.ZodType,
  Status extends z.ZodType = z.ZodType,
> extends ResourceKind {
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** One or two sentences: what the kind is for. */
  readonly description: string;
  readonly spec: Spec;
  readonly status?: Status;
  readonly printerColumns: readonly PrinterColumn[];
}

/** The object that a kind definition describes. */
export type ObjectOf<Kind> =
  Kind extends KindDefinition<infer Spec, infer Status> ? KubeObject<z.output<Spec>, z.output<Status>> : never;

/** Fixes the type of a definition; the one way to make one. */
export function defineKind<Spec extends z.ZodType, Status extends z.ZodType>(
  definition: KindDefinition<Spec, Status>,
): KindDefinition<Spec, Status> {
  return definition;
}

/** The `apiextensions.k8s.io/v1` CustomResourceDefinition of a kind, with its status subresource and columns. */
export function toCustomResourceDefinition(definition: KindDefinition): KubeObject {
  const { group, version, kind, plural, singular, shortNames, categories, namespaced } = definition;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/managed-by': 'flotilla' } },
    spec: {
      group,
      scope: namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular,
        ...(shortNames.length > 0 ? { shortNames } : {}),
        ...(categories.length > 0 ? { categories } : {}),
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          schema: { openAPIV3Schema: objectSchema(definition) },
          ...(definition.status ? { subresources: { status: {} } } : {}),
          ...(definition.printerColumns.length > 0 ? { additionalPrinterColumns: definition.printerColumns } : {}),
        },
      ],
    },
  };
}

function objectSchema(definition: KindDefinition): StructuralSchema {
  return {
    type: 'object',
    description: definition.description,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: toStructuralSchema(definition.spec),
      ...(definition.status ? { status: toStructuralSchema(definition.status) } : {}),
    },
  };
}

/** `apiVersion` of a kind definition. */
export function apiVersionOfKind(definition: KindDefinition): string {
  return apiVersionOf(definition);
}
