import { z } from 'zod';
import { FlotillaError, parseLocality } from '../kernel';
import type { ProxyNode } from '../pilot/model';

/** A document `proxy: {type, namespace, name, ip, labels, locality, …}` among the objects: the proxy that a file is about. */
const proxyDocument = z.object({
  type: z.string(),
  namespace: z.string(),
  name: z.string(),
  ip: z.string(),
  labels: z.record(z.string(), z.string()).default({}),
  locality: z.string().optional(),
  domain: z.string().default(''),
  generator: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
});

/** Whether a document describes a proxy. */
export function isProxyDocument(document: Readonly<Record<string, unknown>>): boolean {
  return document.proxy !== undefined && document.kind === undefined && document.apiVersion === undefined;
}

/** The node that such a document describes. @throws FlotillaError FLO4022 when a field is missing or wrong */
export function nodeOfDocument(document: Readonly<Record<string, unknown>>): ProxyNode {
  const parsed = proxyDocument.safeParse(document.proxy);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new FlotillaError(
      `cannot read the proxy document: proxy.${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`,
      {
        code: 'FLO4022',
        retry: 'after-change',
        hint: 'write type, namespace, name and ip, or give --node',
      },
    );
  }
  const { type, namespace, name, ip, labels, locality, domain, generator, metadata } = parsed.data;
  return {
    id: `${type}~${ip}~${name}.${namespace}~${domain}`,
    metadata: {
      NAMESPACE: namespace,
      LABELS: labels,
      ...(generator === undefined ? {} : { GENERATOR: generator }),
      ...metadata,
    },
    ...(locality === undefined ? {} : { locality: nodeLocality(locality) }),
  };
}

/** `region/zone/subzone` in the form of a node. */
export function nodeLocality(text: string): NonNullable<ProxyNode['locality']> {
  const { region, zone, subzone } = parseLocality(text);
  return { region, zone, subZone: subzone };
}
