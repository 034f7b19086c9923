import { FlotillaError, type Stop, toFlotillaError } from '../../kernel';
import type { MeshModel, Proxy } from '../model';
import {
  type DiscoveryType,
  type DiscoveryTypeName,
  discoveryTypeOf,
  type EncodedResource,
  ResourceSet,
  type ResourceSource,
} from '../xds';
import { ResourceEncoder, type TranslatedResource } from './resource-encoder';

/** Makes the resources of one type for a proxy: the named ones that exist, or all. Pure. */
export type Translate = (model: MeshModel, proxy: Proxy, names?: readonly string[]) => readonly TranslatedResource[];

/** A translation for each type. */
export interface Translators extends Readonly<Record<DiscoveryTypeName, Translate>> {
  /** Equal for proxies that get the same resources from the same model. */
  readonly viewOf: (model: MeshModel, proxy: Proxy) => string;
}

interface View {
  set: ResourceSet;
  /** Names translated so far; `undefined` when all were. */
  names: Set<string> | undefined;
}

/**
 * Resources by view: proxies that translation cannot tell apart share one translation, one encoding and one set. A new model
 * starts a new generation; what comes out the same keeps its identity, so that the server sees at once that nothing changed.
 */
export class TranslationCache implements ResourceSource {
  private model: MeshModel | undefined;
  private views = new Map<string, View>();
  private previousViews = new Map<string, View>();
  private keys = new WeakMap<Proxy, string>();
  private readonly listeners = new Set<() => void>();
  private readonly encoder = new ResourceEncoder();

  /** @param report told of every resource that cannot be served; the others, and its last good form, are served on */
  constructor(
    private readonly translators: Translators,
    private readonly report: (error: FlotillaError) => void,
  ) {}

  isReady(): boolean {
    return this.model !== undefined;
  }

  /** What is being served. */
  get currentModel(): MeshModel | undefined {
    return this.model;
  }

  /** Views and encodings, for metrics. */
  get numbers(): { readonly views: number; readonly encodings: number } {
    return { views: this.views.size, encodings: this.encoder.encodings };
  }

  /** Serves this model from now on. */
  setModel(model: MeshModel): void {
    this.model = model;
    this.previousViews = this.views;
    this.views = new Map();
    this.keys = new WeakMap();
    this.encoder.advance();
    for (const listener of this.listeners) listener();
  }

  resources(proxy: Proxy, typeUrl: string, names: ReadonlySet<string> | undefined): ResourceSet {
    const type = discoveryTypeOf(typeUrl);
    if (!this.model || !type) return ResourceSet.empty;
    const key = `${type.name} ${this.viewKeyOf(proxy, this.model)}`;
    const wanted = isByName(type, proxy) ? names : undefined;
    const view = this.views.get(key);
    if (view && (!view.names || (wanted && isWithin(wanted, view.names)))) return view.set;
    return this.extend({ key, view, proxy, type: type.name, names: wanted }, this.model);
  }

  onChange(listener: () => void): Stop {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private viewKeyOf(proxy: Proxy, model: MeshModel): string {
    const known = this.keys.get(proxy);
    if (known) return known;
    const key = this.translators.viewOf(model, proxy);
    this.keys.set(proxy, key);
    return key;
  }

  /** Translates what the view lacks. */
  private extend({ key, view, proxy, type, names }: Extension, model: MeshModel): ResourceSet {
    const missing = names && [...names].filter((name) => !view?.names?.has(name));
    const byName = new Map((names ? (view?.set.list ?? []) : []).map((resource) => [resource.name, resource]));
    for (const resource of this.withoutTwins(type, this.translators[type](model, proxy, missing))) {
      const encoded = this.encode(resource, key);
      if (encoded) byName.set(encoded.name, encoded);
    }
    const set = this.keepIdentity(key, new ResourceSet([...byName.values()]));
    this.views.set(key, { set, names: names && new Set([...(view?.names ?? []), ...names]) });
    return set;
  }

  /** A resource that cannot be encoded stays as it was before, so that one bad object takes nothing else with it. */
  private encode(resource: TranslatedResource, key: string): EncodedResource | undefined {
    try {
      return this.encoder.encode(resource);
    } catch (error) {
      this.report(toFlotillaError(error));
      return this.previousViews.get(key)?.set.get(resource.name);
    }
  }

  /** A client refuses an answer that names a resource twice, so the first counts. */
  private withoutTwins(type: string, resources: readonly TranslatedResource[]): readonly TranslatedResource[] {
    const names = new Set<string>();
    return resources.filter(({ name }) => {
      const isTwin = names.has(name);
      names.add(name);
      if (isTwin) this.report(twin(type, name));
      return !isTwin;
    });
  }

  private keepIdentity(key: string, set: ResourceSet): ResourceSet {
    const previous = this.previousViews.get(key)?.set;
    if (!previous || previous.list.length !== set.list.length) return set;
    const same = previous.list.every((resource, index) => resource === set.list[index]);
    return same ? previous : set;
  }
}

interface Extension {
  readonly key: string;
  readonly view: View | undefined;
  readonly proxy: Proxy;
  readonly type: DiscoveryTypeName;
  readonly names: ReadonlySet<string> | undefined;
}

function isWithin(names: ReadonlySet<string>, known: ReadonlySet<string>): boolean {
  for (const name of names) if (!known.has(name)) return false;
  return true;
}

/** Which answers depend on what was asked for: Envoy takes clusters and listeners whole, gRPC clients ask for one listener. */
function isByName({ name, whole }: DiscoveryType, proxy: Proxy): boolean {
  return !whole || (name === 'lds' && proxy.generator === 'grpc');
}

function twin(type: string, name: string): FlotillaError {
  return new FlotillaError(`cannot serve a second ${type} resource with the name "${name}"`, {
    code: 'FLO4130',
    retry: 'after-change',
    hint: 'two objects claim the same name; `flotilla validate` tells which',
  });
}
