/** The media type of gnostic's `openapi.v2.Document`. */
export const SWAGGER_PROTOBUF = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf';

/** Whether an Accept header asks for it; kubectl still uses its older name, with `@v1.0`. */
export function wantsSwaggerProtobuf(accept: string | undefined): boolean {
  return accept?.includes('application/com.github.proto-openapi.spec.v2') === true;
}

/**
 * An OpenAPI 2.0 document with a title and a version, and no definitions. kubectl asks for it only where it cannot tell from OpenAPI 3
 * whether the server validates (a `List`, for example); without definitions it leaves the checking of fields to the server, which does it.
 */
export function swaggerProtobuf(version: string): Buffer {
  const info = Buffer.concat([text(1, 'Kubernetes'), text(2, version)]);
  return Buffer.concat([text(1, '2.0'), bytes(2, info)]);
}

function text(field: number, value: string): Buffer {
  return bytes(field, Buffer.from(value, 'utf8'));
}

/** A length-delimited field shorter than 128 bytes. */
function bytes(field: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(field << 3) | 2, value.length]), value]);
}
