import type { KubeObject } from '../schema';
import type { Fault } from './fault';
import type { ScriptedStore } from './scripted-store';

/** What the scripted server needs of an answer, over either version of HTTP. */
export interface ScriptedResponse {
  writeHead(code: number, headers: Record<string, string>): unknown;
  /** HTTP/2 sends the head at once, HTTP/1.1 when told. */
  flushHeaders?(): void;
  write(text: string, sent?: () => void): boolean;
  end(text?: string): unknown;
  destroy(): unknown;
  on(event: 'close', listener: () => void): unknown;
}

/** What a watch asked for. */
export interface WatchRequest {
  readonly collection: string;
  readonly fromVersion: number;
  readonly initialEvents: boolean;
  readonly selects: (object: KubeObject) => boolean;
}

/** One open watch of the scripted server: sends what is new, as far as its fault lets it. */
export class ScriptedWatch {
  private version: number;
  private sent = 0;
  private isOver = false;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly store: ScriptedStore,
    private readonly request: WatchRequest,
    private readonly response: ScriptedResponse,
    private readonly fault: Fault | undefined,
  ) {
    this.version = request.fromVersion;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders?.();
    this.unsubscribe = store.onChange(() => this.flush());
    response.on('close', () => this.finish());
    if (request.initialEvents) this.sendInitial();
    this.flush();
  }

  /** Tells how far the news goes: all that happened has been sent. */
  bookmark(initialEventsEnd = false): void {
    this.version = this.store.version;
    const annotations = initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const object = { metadata: { resourceVersion: String(this.version), ...annotations } };
    this.send([{ type: 'BOOKMARK', object }]);
  }

  private sendInitial(): void {
    this.version = this.store.version;
    const objects = this.store.list(this.request.collection).filter(this.request.selects);
    this.send(objects.map((object) => ({ type: 'ADDED', object })));
    this.bookmark(true);
  }

  private flush(): void {
    const events = this.store.since(this.request.collection, this.version);
    const last = events.at(-1);
    if (last === undefined || this.isOver) return;
    this.version = last.version;
    const ordered = this.fault?.kind === 'reorder' ? [...events].reverse() : events;
    const wanted = ordered.filter(({ object }) => this.request.selects(object));
    this.send(wanted.map(({ type, object }) => ({ type, object })));
  }

  private send(events: readonly unknown[]): void {
    for (const event of events) {
      const line = `${JSON.stringify(event)}\n`;
      if (this.isOver || this.breaks(line)) return;
      this.sent += 1;
      this.response.write(this.fault?.kind === 'repeat' ? line + line : line);
    }
    this.breaks('');
  }

  /** Lets the fault happen if its time has come; true when the line must not be sent. */
  private breaks(line: string): boolean {
    const { fault, response } = this;
    if (fault === undefined || !('afterEvents' in fault) || this.sent < fault.afterEvents) return false;
    this.finish();
    if (fault.kind === 'end') response.end();
    if (fault.kind === 'tear') response.write(line.slice(0, line.length / 2), () => response.destroy());
    if (fault.kind === 'noise') response.write('{"type":\n');
    if (fault.kind === 'gone') {
      const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
    }
    return true;
  }

  private finish(): void {
    this.isOver = true;
    this.unsubscribe();
  }
}
