import type { Clock, Logger, Stop } from '../kernel';
import { buildModel, type ClusterObject, type MeshModel, type MeshSettings } from './model';
import { Debouncer, type DebounceOptions } from './sources';

/** The objects that a model is made of; ZoneSources in production. */
export interface ObjectSource {
  readonly isReady: boolean;
  objects(): readonly ClusterObject[];
  onChange(listener: () => void): Stop;
}

/** What models are built with. */
export interface ModelFeedOptions {
  readonly sources: ObjectSource;
  readonly settings: Partial<MeshSettings>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly debounce?: DebounceOptions;
  /** Takes each new model. */
  readonly accept: (model: MeshModel) => void;
}

/** A burst of changes, as when a Deployment rolls, becomes one model; a steady stream still gets through. */
const DEBOUNCE: DebounceOptions = { quietMs: 25, maxMs: 1000 };

/** Builds a model when the sources are ready and after each burst of changes. */
export class ModelFeed {
  private readonly debouncer: Debouncer;
  private sources: ObjectSource;
  private settings: Partial<MeshSettings>;
  private stopListening: Stop;
  private builtCount = 0;

  constructor(private readonly options: ModelFeedOptions) {
    this.sources = options.sources;
    this.settings = options.settings;
    this.debouncer = new Debouncer(options.clock, options.debounce ?? DEBOUNCE, () => this.build());
    this.stopListening = this.listen();
  }

  /** Models built so far. */
  get builds(): number {
    return this.builtCount;
  }

  /** Builds from these sources and settings from now on. */
  use(sources: ObjectSource, settings: Partial<MeshSettings>): void {
    this.stopListening();
    this.sources = sources;
    this.settings = settings;
    this.stopListening = this.listen();
  }

  stop(): void {
    this.stopListening();
    this.debouncer.stop();
  }

  private listen(): Stop {
    const stop = this.sources.onChange(() => this.debouncer.touch());
    this.debouncer.touch();
    return stop;
  }

  private build(): void {
    if (!this.sources.isReady) return;
    const model = buildModel({ mesh: this.settings, objects: this.sources.objects() });
    this.builtCount += 1;
    if (model.findings.length > 0) {
      const [first] = model.findings;
      this.options.logger.warn('objects that cannot be read are left out', {
        count: model.findings.length,
        first: first?.message,
        object: first?.object ? `${first.object.kind}/${first.object.namespace ?? ''}/${first.object.name}` : undefined,
      });
    }
    this.options.accept(model);
  }
}
