import { parseDocument } from 'yaml';
import type { KubeObject } from '../../schema';
import { ApiError, badRequest } from '../api-error';
import { decodeProtobuf, PROTOBUF_MEDIA_TYPE } from './protobuf/decode-protobuf';

/** Deeper bodies are refused: nobody writes them, and every step behind this one walks them. */
const MAX_DEPTH = 512;

/** The media type of a `Content-Type` header, without parameters; JSON when there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? '';
}

/** Reads a JSON, YAML or protobuf body as an object. @throws ApiError 415 for other types, 400 when it does not parse or is too deep */
export function decodeObject(body: Buffer, contentType: string | undefined): KubeObject {
  if (mediaTypeOf(contentType) === PROTOBUF_MEDIA_TYPE) return checked(decodeProtobuf(body)) as KubeObject;
  const value = decodeValue(body, contentType);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badRequest('the body is not an object');
  }
  return value as KubeObject;
}

/** Reads a JSON or YAML body. */
export function decodeValue(body: Buffer, contentType: string | undefined): unknown {
  const mediaType = mediaTypeOf(contentType);
  if (body.length === 0) throw badRequest('the body is empty');
  return checked(mediaType.endsWith('yaml') ? parseYaml(body) : parseJson(body, mediaType));
}

/** Walks level by level, so that no depth can exhaust the stack. */
function checked(value: unknown): unknown {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_DEPTH) throw badRequest(`the body is nested deeper than ${MAX_DEPTH} levels`);
    level = level.flatMap(childrenOf);
  }
  return value;
}

function childrenOf(node: unknown): readonly unknown[] {
  if (typeof node !== 'object' || node === null) return [];
  // Copied into another object, this key would not be data but what the object inherits from.
  if (Object.hasOwn(node, '__proto__')) throw badRequest('the body holds the key __proto__, which is not stored here');
  return Object.values(node);
}

function parseJson(body: Buffer, mediaType: string): unknown {
  if (!mediaType.endsWith('json')) throw unsupportedMediaType(mediaType);
  try {
    return JSON.parse(body.toString('utf8')) as unknown;
  } catch (cause) {
    throw badRequest(
      `couldn't parse the body as JSON: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

function parseYaml(body: Buffer): unknown {
  try {
    const document = parseDocument(body.toString('utf8'));
    const [error] = document.errors;
    if (error !== undefined) throw error;
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  } catch (cause) {
    // Too many aliases, or flow collections deeper than the parser's stack: the body's fault as well.
    throw badRequest(
      `couldn't parse the body as YAML: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    );
  }
}

/** 415 naming what would be read. */
export function unsupportedMediaType(mediaType: string): ApiError {
  const accepted = `application/json, application/yaml, ${PROTOBUF_MEDIA_TYPE}`;
  const message = `the body of the request was in an unknown format - accepted media types include: ${accepted}`;
  return new ApiError('UnsupportedMediaType', `${message} (found ${mediaType})`, {});
}
