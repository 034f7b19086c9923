import { z } from 'zod';
import { FlotillaError } from '../../../kernel';
import { type HubChange, inNamespace } from './plan-on-hub';

const hubObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string().min(1), namespace: z.string().min(1).exactOptional() }),
});

const shape = z.strictObject({
  objects: z.array(hubObject).max(1000).default([]),
  deleted: z.array(hubObject).max(1000).default([]),
});

/** Reads the body of `POST /api/v1/plans`. @throws FlotillaError FLO3110 when it has another shape, FLO3085 for what is no hub object */
export function parsePlanRequest(body: unknown): HubChange {
  const parsed = shape.safeParse(body);
  if (parsed.success) {
    return { objects: parsed.data.objects.map(inNamespace), deleted: parsed.data.deleted.map(inNamespace) };
  }
  const [issue] = parsed.error.issues;
  throw new FlotillaError(`cannot read what to plan: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    code: 'FLO3110',
    retry: 'after-change',
    hint: 'send {"objects": [hub objects to write], "deleted": [hub objects to delete]}',
  });
}
