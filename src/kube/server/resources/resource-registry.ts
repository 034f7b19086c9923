import { apiVersionOf } from '../../schema';
import type { NamesInUse, ServedKind } from './served-kind';

/** All kinds that are served now. CustomResourceDefinitions come and go at run time; `generation` counts the changes. */
export class ResourceRegistry {
  private readonly byPath = new Map<string, ServedKind>();
  private changes = 0;

  constructor(builtIn: readonly ServedKind[]) {
    for (const kind of builtIn) this.byPath.set(pathKey(kind), kind);
  }

  /** Changes whenever a kind comes, goes or is redefined: what discovery and OpenAPI answers are cached by. */
  get generation(): number {
    return this.changes;
  }

  find(group: string, version: string, plural: string): ServedKind | undefined {
    return this.byPath.get(pathKey({ group, version, plural }));
  }

  /** The kind of an object, by `apiVersion` and `kind`. */
  findKind(apiVersion: string, kind: string): ServedKind | undefined {
    return this.all().find((served) => served.kind === kind && apiVersionOf(served) === apiVersion);
  }

  /** What the other resources of a group are called. */
  namesInUse(group: string, exceptResource: string): NamesInUse {
    const others = this.all().filter((kind) => kind.group === group && kind.resource !== exceptResource);
    return {
      resources: new Set(others.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames])),
      kinds: new Set(others.flatMap(({ kind, listKind }) => [kind, listKind])),
    };
  }

  /** One served version of a stored resource, the one it is stored in when that is served. */
  findResource(resource: string): ServedKind | undefined {
    const versions = this.all().filter((served) => served.resource === resource);
    return versions.find((served) => served.storageApiVersion === apiVersionOf(served)) ?? versions[0];
  }

  all(): readonly ServedKind[] {
    return [...this.byPath.values()];
  }

  /** Serves exactly these versions of a custom resource from now on; none: stops serving it. */
  replace(resource: string, versions: readonly ServedKind[]): void {
    for (const [key, kind] of this.byPath) if (kind.resource === resource) this.byPath.delete(key);
    for (const kind of versions) this.byPath.set(pathKey(kind), kind);
    this.changes += 1;
  }
}

function pathKey({ group, version, plural }: Pick<ServedKind, 'group' | 'version' | 'plural'>): string {
  return `${group}/${version}/${plural}`;
}
