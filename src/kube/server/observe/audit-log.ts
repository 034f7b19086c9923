import { createWriteStream, existsSync, mkdirSync, openSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
import { type Logger, toFlotillaError } from '../../../kernel';
import type { UserInfo } from '../registry/write-request';
import type { RequestInfo } from '../request/request-info';
import { userInfo } from '../reviews/token-review';

/** Where the audit log goes, and how long it grows. */
export interface AuditOptions {
  readonly path: string;
  /** Reads (get, list, watch) are left out unless asked for. */
  readonly reads?: boolean;
  /** At this size the file is renamed to `PATH.1`, replacing the one before. */
  readonly maxBytes?: number;
}

/** One answered request. */
export interface AuditedRequest {
  readonly info: RequestInfo;
  readonly url: string;
  readonly user: UserInfo | undefined;
  /** Who really asked, when `user` was impersonated. */
  readonly caller: UserInfo | undefined;
  readonly userAgent: string;
  readonly sourceAddress: string;
  readonly code: number;
  readonly startedMs: number;
  readonly endedMs: number;
}

const READS: readonly string[] = ['get', 'list', 'watch', 'head', 'options'];
const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;

/** The audit.k8s.io/v1 Event of a request at level Metadata. Pure but for the id it is given. */
export function auditEvent(request: AuditedRequest, auditID: string): object {
  const { info, url, user, caller, code } = request;
  const { resource } = info;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID,
    stage: 'ResponseComplete',
    requestURI: url,
    verb: info.verb,
    user: caller === undefined ? {} : userInfo(caller),
    ...(user === undefined || user === caller ? {} : { impersonatedUser: userInfo(user) }),
    sourceIPs: [request.sourceAddress],
    userAgent: request.userAgent,
    ...(resource === undefined ? {} : { objectRef: objectRef(resource) }),
    responseStatus: { metadata: {}, code },
    requestReceivedTimestamp: microTime(request.startedMs),
    stageTimestamp: microTime(request.endedMs),
  };
}

function objectRef({
  group,
  version,
  plural,
  namespace,
  name,
  subresource,
}: NonNullable<RequestInfo['resource']>): object {
  const entries = { resource: plural, namespace, name, apiGroup: group, apiVersion: version, subresource };
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== ''));
}

function microTime(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

/** Lines that may wait for a slow disk before further ones are dropped. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/**
 * Appends audit events to a file, one JSON line each. Its owner closes it. What the disk refuses, or is too slow for, is dropped and
 * said in the log: requests go on (as kube-apiserver's batching mode has it).
 */
export class AuditLog {
  private stream: WriteStream;
  private bytes: number;
  private dropped = 0;

  /** @throws Error when the file cannot be opened */
  constructor(
    private readonly options: AuditOptions,
    private readonly logger: Logger,
  ) {
    mkdirSync(dirname(options.path), { recursive: true });
    this.bytes = existsSync(options.path) ? statSync(options.path).size : 0;
    this.stream = this.openStream();
  }

  record(request: AuditedRequest): void {
    if (this.options.reads !== true && READS.includes(request.info.verb)) return;
    const line = Buffer.from(`${JSON.stringify(auditEvent(request, randomUUID()))}\n`);
    try {
      if (this.stream.destroyed) this.stream = this.openStream();
      if (this.bytes + line.length > (this.options.maxBytes ?? DEFAULT_MAX_BYTES)) this.rotate();
    } catch (cause) {
      this.drop(toFlotillaError(cause).message);
      return;
    }
    if (this.stream.writableLength > MAX_WAITING_BYTES) this.drop('the disk is too slow');
    else this.append(line);
  }

  async close(): Promise<void> {
    if (this.stream.destroyed) return;
    await new Promise<void>((resolve) => this.stream.once('close', resolve).end());
  }

  private append(line: Buffer): void {
    this.bytes += line.length;
    this.stream.write(line, (failure) => {
      if (!failure) this.dropped = 0;
    });
  }

  /** Says so once, not once for each request. */
  private drop(reason: string): void {
    this.dropped += 1;
    if (this.dropped === 1) this.logger.error('audit events are dropped', { file: this.options.path, reason });
  }

  /** The old stream goes on writing to the renamed file until it is done. */
  private rotate(): void {
    this.stream.end();
    renameSync(this.options.path, `${this.options.path}.1`);
    this.bytes = 0;
    this.stream = this.openStream();
  }

  /** Opened at once, so that a path that cannot be written is told to whoever asked for it. */
  private openStream(): WriteStream {
    const fd = openSync(this.options.path, 'a', 0o600);
    const stream = createWriteStream(this.options.path, { fd });
    stream.on('error', (cause) => this.drop(cause.message));
    return stream;
  }
}
