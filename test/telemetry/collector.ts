/** A trace collector for tests: receives OTLP over HTTP and decodes its protobuf messages. */

export interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  /** Empty for the first span of a trace. */
  readonly parentId: string;
  /** 1 is internal, 3 is a client: the enumeration of OTLP. */
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: number;
}

/** Decodes the fields of a protobuf message: https://protobuf.dev/programming-guides/encoding/ */
function decodeFields(bytes: Uint8Array): { readonly number: number; readonly value: Uint8Array | bigint }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: { number: number; value: Uint8Array | bigint }[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    const size = { 0: 0, 1: 8, 5: 4 }[tag & 7] ?? Number(varint());
    if ((tag & 7) === 0) fields.push({ number: tag >> 3, value: varint() });
    else {
      fields.push({ number: tag >> 3, value: bytes.subarray(at, at + size) });
      at += size;
    }
  }
  return fields;
}

const selectFields = (bytes: Uint8Array, number: number) =>
  decodeFields(bytes).flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );
const toHex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString("hex");
const decodeText = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function decodeAttributeValue(bytes: Uint8Array): unknown {
  const [field] = decodeFields(bytes);
  if (!field) return undefined;
  if (!(field.value instanceof Uint8Array)) return Number(field.value);
  if (field.number === 1) return decodeText(field.value);
  if (field.number === 5) return selectFields(field.value, 1).map(decodeAttributeValue);
  return new DataView(field.value.buffer, field.value.byteOffset).getFloat64(0, true);
}

function decodeSpans(request: Uint8Array): Span[] {
  const scopes = selectFields(request, 1).flatMap((resource) => selectFields(resource, 2));
  return scopes
    .flatMap((scope) => selectFields(scope, 2))
    .map((span) => ({
      name: decodeText(selectFields(span, 5)[0]),
      traceId: toHex(selectFields(span, 1)[0]),
      spanId: toHex(selectFields(span, 2)[0]),
      parentId: toHex(selectFields(span, 4)[0]),
      kind: Number(decodeFields(span).find(({ number }) => number === 6)?.value ?? 0),
      attributes: Object.fromEntries(
        selectFields(span, 9).map((entry) => [
          decodeText(selectFields(entry, 1)[0]),
          decodeAttributeValue(selectFields(entry, 2)[0] ?? new Uint8Array()),
        ]),
      ),
      status: Number(
        selectFields(span, 15).flatMap((status) =>
          decodeFields(status).filter(({ number }) => number === 3),
        )[0]?.value ?? 0,
      ),
    }));
}

/** Starts a collector that records the spans and content types it receives. */
export function startCollector() {
  const spans: Span[] = [];
  const contentTypes: (string | null)[] = [];
  const headers: Record<string, string>[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      headers.push(Object.fromEntries(request.headers));
      contentTypes.push(request.headers.get("content-type"));
      spans.push(...decodeSpans(await request.bytes()));
      return new Response(new Uint8Array(), { headers: { "content-type": "application/x-protobuf" } });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}/v1/traces`,
    spans,
    types: contentTypes,
    headers,
    stop: () => server.stop(true),
  };
}
