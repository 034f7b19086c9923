import { z } from 'zod';

/** Name of a port: a Kubernetes port name of at most 15 characters. */
export const portName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?$/, 'must be at most 15 small letters, digits and dashes, such as http');

export const portNumber = z.int().min(1).max(65535);

export const labelMap = z.record(z.string(), z.string());

/** A fully qualified name, also with a wildcard as the first label. */
export const host = z
  .string()
  .max(253)
  .regex(
    /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)+$/,
    'must be a full host name in small letters, such as shop.example.com',
  );

/** `region/zone` */
export const zoneName = z
  .string()
  .regex(
    /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'must be region/zone, such as east/east-1',
  );

/** Name of a Service: a DNS label that begins with a letter (RFC 1035). */
export const serviceName = z
  .string()
  .regex(
    /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/,
    'must be a Service name: a small letter, then small letters, digits and dashes',
  );

/** A duration as Go writes it. */
export const duration = z
  .string()
  .regex(/^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$/, 'must be a duration with its unit, such as 500ms, 10s or 1m');

/** One entry of `exportTo`. */
export const exportTarget = z
  .string()
  .regex(/^(\.|~|\*|[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)$/, 'must be a namespace, "." or "*"');

/** RFC 3339 with a zone. */
export const time = z.iso.datetime({ offset: true });
