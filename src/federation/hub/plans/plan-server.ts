import 'reflect-metadata';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FlotillaError, toFlotillaError } from '../../../kernel';
import type { KubeClient } from '../../../kube';
import { HUB_CLIENT, PlanController } from './plan.controller';

/** How plans are served over HTTP. */
export interface PlanServerOptions {
  /** `host:port`; port 0 takes any. */
  readonly address: string;
  /** Folder with `tls.crt` and `tls.key`; without it only loopback is served, because callers send their tokens. */
  readonly certificateFolder?: string;
  readonly client: KubeClient;
}

/** Longest body that is read, as an API server's own limit for objects. */
const MAX_BODY = '3mb';

@Module({})
class PlanModule {}

/** The hub's REST API for plans. Its owner closes it. */
export class PlanServer {
  private constructor(
    private readonly application: NestExpressApplication,
    /** `http(s)://host:port` */
    readonly url: string,
  ) {}

  /** @throws FlotillaError FLO3113 when the address cannot be listened on, or would carry tokens in the clear */
  static async listen({ address, certificateFolder, client }: PlanServerOptions): Promise<PlanServer> {
    const { host, port } = parseAddress(address);
    const httpsOptions =
      certificateFolder === undefined ? undefined : await readCertificate(address, certificateFolder);
    if (httpsOptions === undefined && !isLoopback(host))
      throw cannotServe(address, 'tokens would go over the network in the clear');
    const providers = [{ provide: HUB_CLIENT, useValue: client }];
    const module = { module: PlanModule, controllers: [PlanController], providers };
    const application = await NestFactory.create<NestExpressApplication>(module, {
      logger: false,
      bodyParser: false,
      abortOnError: false,
      ...(httpsOptions === undefined ? {} : { httpsOptions }),
    });
    application.useBodyParser('json', { limit: MAX_BODY, strict: true });
    try {
      await application.listen(port, host);
    } catch (cause) {
      await application.close();
      throw cannotServe(address, toFlotillaError(cause).message, cause);
    }
    return new PlanServer(application, await urlOf(application, host, httpsOptions !== undefined));
  }

  close(): Promise<void> {
    return this.application.close();
  }
}

async function urlOf(application: NestExpressApplication, host: string, secure: boolean): Promise<string> {
  const { port } = new URL(await application.getUrl());
  return `${secure ? 'https' : 'http'}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

async function readCertificate(
  address: string,
  folder: string,
): Promise<{ readonly key: string; readonly cert: string }> {
  try {
    const [cert, key] = await Promise.all(['tls.crt', 'tls.key'].map((file) => readFile(join(folder, file), 'utf8')));
    return { key: key ?? '', cert: cert ?? '' };
  } catch (cause) {
    throw cannotServe(address, `the certificate cannot be read: ${toFlotillaError(cause).message}`, cause);
  }
}

function parseAddress(address: string): { readonly host: string; readonly port: number } {
  const [, host, port] = /^\[?([^\]]+)\]?:([0-9]{1,5})$/.exec(address) ?? [];
  if (host === undefined || Number(port) > 65_535) throw cannotServe(address, 'it is not host:port');
  return { host, port: Number(port) };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\./.test(host);
}

function cannotServe(address: string, why: string, cause?: unknown): FlotillaError {
  return new FlotillaError(`cannot serve plans on ${address}: ${why}`, {
    code: 'FLO3113',
    retry: 'after-change',
    hint: 'listen on a loopback address, or give a certificate with --api-certificate',
    cause,
  });
}
