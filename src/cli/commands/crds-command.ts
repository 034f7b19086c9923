import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { FlotillaError } from '../../kernel';
import type { KubeObject } from '../../kube/schema';
import { apiReference } from '../api-reference';
import { customResourceDefinitionsOf } from '../custom-resource-definitions';

/** Options of `flotilla crds`. */
export interface CrdsOptions {
  readonly out?: string;
  /** File to write the API reference to. */
  readonly reference?: string;
  readonly output?: string;
}

/** File name → text of every CustomResourceDefinition of Flotilla. */
export function definitionFiles(): Map<string, string> {
  return new Map(
    customResourceDefinitionsOf('flotilla').map((definition) => [
      `${definition.metadata.name}.yaml`,
      toYaml(definition),
    ]),
  );
}

/** The API reference of Flotilla's kinds in Markdown. */
export function referenceText(): string {
  return apiReference(customResourceDefinitionsOf('flotilla'));
}

/** Prints the CustomResourceDefinitions, or writes one file per kind into a folder. @throws FlotillaError FLO3064 for an unknown format */
export async function run({ out, reference, output = 'yaml' }: CrdsOptions): Promise<void> {
  if (reference !== undefined) await writeFile(reference, referenceText());
  if (out !== undefined) {
    await mkdir(out, { recursive: true });
    for (const [name, text] of definitionFiles()) await writeFile(join(out, name), text);
  }
  if (out !== undefined || reference !== undefined) return;
  const definitions = customResourceDefinitionsOf('flotilla');
  if (output === 'json')
    process.stdout.write(`${JSON.stringify({ kind: 'List', apiVersion: 'v1', items: definitions }, undefined, 2)}\n`);
  else if (output === 'yaml') process.stdout.write([...definitionFiles().values()].join('---\n'));
  else
    throw new FlotillaError(`unknown output format "${output}"`, {
      code: 'FLO3064',
      retry: 'after-change',
      hint: 'write yaml or json',
    });
}

function toYaml(definition: KubeObject): string {
  return stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false });
}
