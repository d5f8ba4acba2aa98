/**
 * A second reading of OpenAPI documents, for comparison. It shares no code with `src`, follows references within the
 * document only, and reads just what a request is compared with.
 */

export type Json = Record<string, unknown>;

export interface ReadParameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly schema: Json;
  /** The separator of a list in one value. Undefined when its items are repeated. */
  readonly separator: string | undefined;
  /** False for objects and serialised content, whose values are not compared. */
  readonly isPlain: boolean;
}

export interface ReadOperation {
  readonly method: string;
  readonly path: string;
  readonly parameters: readonly ReadParameter[];
  readonly mediaTypes: readonly string[];
  readonly bodyRequired: boolean;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace", "query"];

export function readOperations(root: Json): readonly ReadOperation[] {
  return Object.entries(asObject(root.paths)).flatMap(([path, value]) => {
    const item = follow(root, value);
    if (!path.startsWith("/")) return [];
    return METHODS.filter((method) => typeof item[method] === "object" && item[method] !== null).map(
      (method) => readOperation(root, method, path, item),
    );
  });
}

function readOperation(root: Json, method: string, path: string, item: Json): ReadOperation {
  const operation = follow(root, item[method]);
  const merged = new Map<string, Json>();
  for (const entry of [...asList(item.parameters), ...asList(operation.parameters)]) {
    const parameter = follow(root, entry);
    merged.set(`${parameter.in} ${parameter.name}`, parameter);
  }
  const all = [...merged.values()];
  const isSwagger = "swagger" in root;
  const body = isSwagger
    ? readSwaggerBody(root, all, operation)
    : readBody(follow(root, operation.requestBody));
  return {
    method: method.toUpperCase(),
    path,
    parameters: all
      .filter((parameter) => !["body", "formData"].includes(String(parameter.in)))
      .map((parameter) => readParameter(root, parameter, isSwagger)),
    ...body,
  };
}

function readBody(body: Json) {
  const content = asObject(body.content);
  return {
    mediaTypes: Object.keys(content),
    bodyRequired: body.required === true,
  };
}

function readSwaggerBody(root: Json, parameters: readonly Json[], operation: Json) {
  const body = parameters.find((parameter) => parameter.in === "body");
  const fields = parameters.filter((parameter) => parameter.in === "formData");
  const declared = asList(operation.consumes ?? root.consumes).map(String);
  const forms = ["application/x-www-form-urlencoded", "multipart/form-data"];
  return {
    mediaTypes:
      fields.length > 0 ? [...declared, ...forms] : declared.length > 0 ? declared : ["application/json"],
    bodyRequired: body?.required === true || fields.some((field) => field.required === true),
  };
}

function readParameter(root: Json, parameter: Json, isSwagger: boolean): ReadParameter {
  const schema = isSwagger ? parameter : follow(root, parameter.schema);
  const place = String(parameter.in);
  return {
    name: String(parameter.name),
    in: place,
    required: parameter.required === true,
    schema,
    separator: isSwagger ? swaggerSeparator(parameter) : separatorOf(parameter, place),
    isPlain: parameter.content === undefined && parameter.style !== "deepObject" && !isObjectSchema(schema),
  };
}

function swaggerSeparator({ collectionFormat = "csv" }: Json): string | undefined {
  const separators: Record<string, string> = { csv: ",", ssv: " ", tsv: "\t", pipes: "|" };
  return separators[String(collectionFormat)];
}

function separatorOf({ style, explode }: Json, place: string): string | undefined {
  const isForm = place === "query" || place === "cookie";
  if (explode ?? (isForm && (style === undefined || style === "form"))) return isForm ? undefined : ",";
  return style === "spaceDelimited" ? " " : style === "pipeDelimited" ? "|" : ",";
}

function isObjectSchema(schema: Json): boolean {
  const keys = ["properties", "additionalProperties", "allOf", "oneOf", "anyOf", "$ref"];
  return schema.type === "object" || keys.some((key) => schema[key] !== undefined);
}

/** Follows references within the document. Returns an empty object where there is nothing. */
export function follow(root: Json, value: unknown): Json {
  let current: unknown = value;
  for (let step = 0; step < 50; step++) {
    const reference = asObject(current).$ref;
    if (typeof reference !== "string" || !reference.startsWith("#")) break;
    current = reference
      .slice(1)
      .split("/")
      .slice(1)
      .map((part) => decodeURIComponent(part).replaceAll("~1", "/").replaceAll("~0", "~"))
      .reduce<unknown>((node, part) => asObject(node)[part], root);
  }
  return asObject(current);
}

export function asObject(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
