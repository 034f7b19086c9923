import type { KubeObject, PrinterColumn, StructuralSchema } from '../../schema';
import { type CompiledSchema, compileSchema } from '../schema';
import { type DefinitionNames, isEstablished } from './definition-names';
import { readPath } from './field-path';
import type { ConvertObject, KindStrategy, ScalePaths, ServedKind } from './served-kind';

/** The part of a CustomResourceDefinition's spec that serving it needs. */
export interface CustomResourceDefinitionSpec {
  readonly group: string;
  readonly scope: 'Namespaced' | 'Cluster';
  readonly names: DefinitionNames;
  readonly versions: readonly CustomResourceVersion[];
}

/** One entry of `spec.versions`. */
export interface CustomResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly schema?: { readonly openAPIV3Schema?: StructuralSchema };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly { readonly jsonPath: string }[];
}

/** A CustomResourceDefinition as stored. */
export type CustomResourceDefinition = KubeObject<CustomResourceDefinitionSpec>;

const ANYTHING: StructuralSchema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** The kinds that a definition serves, one for each served version; none while another has its names. Pure. */
export function kindsOfDefinition({ spec, metadata, status }: CustomResourceDefinition): readonly ServedKind[] {
  if (spec === undefined || !isEstablished(status)) return [];
  const storage = spec.versions.find((version) => version.storage) ?? spec.versions[0];
  // Compiled when first used: most kinds of a big installation never see a write.
  let compiled: CompiledSchema | undefined;
  const stored = { name: storage?.name ?? '', prune: prune(() => (compiled ??= compileSchema(structuralOf(storage)))) };
  return spec.versions
    .filter((version) => version.served)
    .map((version) => {
      const kind = kindOfVersion(spec, version, stored);
      return metadata.deletionTimestamp === undefined ? kind : Object.assign(kind, { terminating: true });
    });
}

function kindOfVersion(
  { group, scope, names }: CustomResourceDefinitionSpec,
  version: CustomResourceVersion,
  stored: { readonly name: string; readonly prune: ConvertObject },
): ServedKind {
  const structural = structuralOf(version);
  let compiled: CompiledSchema | undefined;
  const schema = (): CompiledSchema => (compiled ??= compileSchema(structural));
  const storageApiVersion = `${group}/${stored.name}`;
  const [apiVersion, converted] = [`${group}/${version.name}`, version.name !== stored.name];
  return {
    group,
    version: version.name,
    kind: names.kind,
    plural: names.plural,
    namespaced: scope === 'Namespaced',
    resource: `${names.plural}.${group}`,
    singular: names.singular ?? names.kind.toLowerCase(),
    listKind: names.listKind ?? `${names.kind}List`,
    shortNames: names.shortNames ?? [],
    categories: names.categories ?? [],
    storageApiVersion,
    subresources: subresourcesOf(version),
    columns: version.additionalPrinterColumns ?? [AGE],
    structural,
    get schema() {
      return schema();
    },
    ...(converted && {
      conversion: {
        fromStorage: (object: KubeObject) => ({ ...prune(schema)(object), apiVersion }),
        toStorage: (object: KubeObject) => ({ ...stored.prune(object), apiVersion: storageApiVersion }),
      },
    }),
    strategy: strategyOf(version),
    custom: true,
  };
}

function structuralOf(version: CustomResourceVersion | undefined): StructuralSchema {
  return version?.schema?.openAPIV3Schema ?? ANYTHING;
}

/** Without what a version does not know: conversion `None` changes nothing else but the name of the version. */
function prune(schema: () => CompiledSchema): ConvertObject {
  return (object) => schema().prune(object);
}

function subresourcesOf({ subresources }: CustomResourceVersion): ServedKind['subresources'] {
  const status = subresources?.status !== undefined;
  return subresources?.scale === undefined ? { status } : { status, scale: subresources.scale };
}

function strategyOf({ selectableFields = [], subresources }: CustomResourceVersion): KindStrategy {
  const paths = selectableFields.map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  return {
    generation: true,
    needsResourceVersion: true,
    keepsStatusOnCreate: subresources?.status === undefined,
    selectableFields: (object) => Object.fromEntries(paths.map((path) => [path, textOf(readPath(object, path))])),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
