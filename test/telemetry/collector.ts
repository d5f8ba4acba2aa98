/** A collector of traces, for tests: OTLP over HTTP, its protobuf read. */

export interface Span {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: number;
}

/** Fields of one protobuf message: https://protobuf.dev/programming-guides/encoding/ */
function fieldsOf(bytes: Uint8Array): { readonly number: number; readonly value: Uint8Array | bigint }[] {
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

const inner = (bytes: Uint8Array, number: number) =>
  fieldsOf(bytes).flatMap((field) =>
    field.number === number && field.value instanceof Uint8Array ? [field.value] : [],
  );
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

function attributeValue(bytes: Uint8Array): unknown {
  const [field] = fieldsOf(bytes);
  if (!field) return undefined;
  if (!(field.value instanceof Uint8Array)) return Number(field.value);
  if (field.number === 1) return text(field.value);
  if (field.number === 5) return inner(field.value, 1).map(attributeValue);
  return new DataView(field.value.buffer, field.value.byteOffset).getFloat64(0, true);
}

function spansOf(request: Uint8Array): Span[] {
  const scopes = inner(request, 1).flatMap((resource) => inner(resource, 2));
  return scopes
    .flatMap((scope) => inner(scope, 2))
    .map((span) => ({
      name: text(inner(span, 5)[0]),
      attributes: Object.fromEntries(
        inner(span, 9).map((entry) => [
          text(inner(entry, 1)[0]),
          attributeValue(inner(entry, 2)[0] ?? new Uint8Array()),
        ]),
      ),
      status: Number(
        inner(span, 15).flatMap((status) => fieldsOf(status).filter(({ number }) => number === 3))[0]
          ?.value ?? 0,
      ),
    }));
}

/** Records what it is sent. */
export function startCollector() {
  const spans: Span[] = [];
  const types: (string | null)[] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      types.push(request.headers.get("content-type"));
      spans.push(...spansOf(await request.bytes()));
      return new Response(new Uint8Array(), { headers: { "content-type": "application/x-protobuf" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}/v1/traces`, spans, types, stop: () => server.stop(true) };
}
