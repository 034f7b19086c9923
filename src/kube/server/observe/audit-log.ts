import { createWriteStream, existsSync, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import { randomUUID } from 'node:crypto';
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

/** Appends audit events to a file, one JSON line each. Its owner closes it. */
export class AuditLog {
  private stream: WriteStream;
  private bytes: number;

  constructor(private readonly options: AuditOptions) {
    mkdirSync(dirname(options.path), { recursive: true });
    this.bytes = existsSync(options.path) ? statSync(options.path).size : 0;
    this.stream = this.openStream();
  }

  record(request: AuditedRequest): void {
    if (this.options.reads !== true && READS.includes(request.info.verb)) return;
    const line = `${JSON.stringify(auditEvent(request, randomUUID()))}\n`;
    if (this.bytes + line.length > (this.options.maxBytes ?? DEFAULT_MAX_BYTES)) this.rotate();
    this.bytes += line.length;
    this.stream.write(line);
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => this.stream.end(resolve));
  }

  /** The old stream goes on writing to the renamed file until it is done. */
  private rotate(): void {
    this.stream.end();
    renameSync(this.options.path, `${this.options.path}.1`);
    this.bytes = 0;
    this.stream = this.openStream();
  }

  private openStream(): WriteStream {
    return createWriteStream(this.options.path, { flags: 'a', mode: 0o600 });
  }
}
