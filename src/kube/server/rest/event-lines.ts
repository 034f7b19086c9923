import { jsonInVersion } from '../registry/object-registry';
import type { ServedKind } from '../resources/served-kind';
import type { StoredObject, StoreEvent } from '../storage';

const LINE_END = Buffer.from('}\n');

/** The lines of the newest event, made once for each form (Events have two groups of one version) and shared by all its watchers. */
export class EventLines {
  private newest: StoredObject | undefined;
  private readonly lines = new Map<string, Buffer>();

  lineOf(kind: ServedKind, type: StoreEvent['type'], object: StoredObject): Buffer {
    if (this.newest !== object) this.lines.clear();
    this.newest = object;
    const key = `${kind.group}/${kind.version} ${type}`;
    const known = this.lines.get(key);
    if (known !== undefined) return known;
    const line = Buffer.concat([Buffer.from(`{"type":"${type}","object":`), jsonInVersion(kind, object), LINE_END]);
    this.lines.set(key, line);
    return line;
  }
}
