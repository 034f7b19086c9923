import { ApiError, badRequest } from '../api-error';
import type { HttpRequest } from './https-server';

/** Longest body of a request, as a kube-apiserver has it. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

/** Reads a whole body. @throws ApiError 413 when it is longer than the limit, 400 when the client breaks off */
export async function readBody(request: HttpRequest): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > MAX_BODY_BYTES) throw tooLarge();
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY_BYTES) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw badRequest('the client broke off its request', cause);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
}
