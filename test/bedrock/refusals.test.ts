import { describe, expect, test } from "bun:test";
import { createPng } from "../files/samples.ts";
import { checkCall } from "./check.ts";
import type { Json } from "./refusal.ts";

const CLAUDE = "global.anthropic.claude-haiku-4-5-20251001-v1:0";
const user = (...content: Json[]) => ({ role: "user", content });
const assistant = (...content: Json[]) => ({ role: "assistant", content });
const text = (value: string) => ({ text: value });
const use = (id: string, input: unknown = {}, name = "search") => ({
  toolUse: { toolUseId: id, name, input },
});
const result = (id: string, more: Json = {}) => ({
  toolResult: { toolUseId: id, content: [text("found")], ...more },
});
const tool = (name: string, json: unknown = { type: "object" }, more: Json = {}) => ({
  toolSpec: { name, inputSchema: { json }, ...more },
});
const tools = (...list: Json[]) => ({ toolConfig: { tools: list } });
const hi = { messages: [user(text("hi"))] };
const image = (width: number, height: number, size?: number) => ({
  format: "png",
  source: { bytes: Buffer.from(createPng(width, height, size)).toString("base64") },
});
const bill = (name: string, size = 10) => ({
  format: "pdf",
  name,
  source: { bytes: Buffer.alloc(size, "%PDF-").toString("base64") },
});
const DOCUMENT_NAME =
  "The document file name can only contain alphanumeric characters, whitespace characters, hyphens, parentheses, and square brackets. The name can't contain more than one consecutive whitespace character.";

interface Case {
  readonly model?: string;
  readonly streaming?: boolean;
  readonly body: Json;
  readonly message: string;
  readonly type?: string;
}

const cases: Record<string, Case> = {
  "a conversation that starts with the assistant": {
    body: { messages: [assistant(text("hi"))] },
    message:
      "A conversation must start with a user message. Try again with a conversation that starts with a user message.",
  },
  "two user turns in a row": {
    body: { messages: [user(text("a")), user(text("b"))] },
    message:
      "A conversation must alternate between user and assistant roles. Make sure the conversation alternates between user and assistant roles and try again.",
  },
  "a message without content": {
    body: { messages: [user()] },
    message:
      "The content field in the Message object at messages.0 is empty. Add a ContentBlock object to the content field and try again.",
  },
  "an empty text": {
    body: { messages: [user(text("a"), text(""))] },
    message:
      "The text field in the ContentBlock object at messages.0.content.1 is blank. Add text to the text field, and try again.",
  },
  "a text of white space, for Claude": {
    body: { messages: [user(text(" \n"))] },
    message:
      "The model returned the following errors: messages: text content blocks must contain non-whitespace text",
  },
  "an unknown role": {
    body: { messages: [{ role: "tool", content: [text("a")] }] },
    message:
      "1 validation error detected: Value 'tool' at 'messages.1.member.role' failed to satisfy constraint: Member must satisfy enum value set: [user, assistant, system]",
  },
  "missing results": {
    body: {
      messages: [user(text("a")), assistant(use("1"), use("2")), user(result("1"))],
      ...tools(tool("search")),
    },
    message: "Expected toolResult blocks at messages.2.content for the following Ids: 2",
  },
  "more results than calls": {
    body: { messages: [user(text("a")), assistant(text("b")), user(result("1"))], ...tools(tool("search")) },
    message:
      "The number of toolResult blocks at messages.2.content exceeds the number of toolUse blocks of previous turn.",
  },
  "two calls with the same id": {
    body: {
      messages: [user(text("a")), assistant(use("1"), use("1")), user(result("1"))],
      ...tools(tool("search")),
    },
    message: "The toolUse blocks at messages.1.content contain duplicate Ids: 1",
  },
  "tool blocks without toolConfig": {
    body: { messages: [user(text("a")), assistant(use("1")), user(result("1"))] },
    message: "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
  },
  "a call whose input is a string": {
    body: {
      messages: [user(text("a")), assistant(use("1", "{")), user(result("1"))],
      ...tools(tool("search")),
    },
    message:
      "The format of the value at messages.1.content.0.toolUse.input is invalid. Provide a json object for the field and try again.",
  },
  "a result whose json is a list": {
    body: {
      messages: [user(text("a")), assistant(use("1")), user(result("1", { content: [{ json: [] }] }))],
      ...tools(tool("search")),
    },
    message:
      "The format of the value at messages.2.content.0.toolResult.content.0.json is invalid. Provide a json object for the field and try again.",
  },
  "a failed result without content": {
    body: {
      messages: [user(text("a")), assistant(use("1")), user(result("1", { content: [], status: "error" }))],
      ...tools(tool("search")),
    },
    message:
      "The content field at messages.2.content.0.toolResult cannot be empty when status value is error.",
  },
  "a tool name with a dot": {
    body: { ...hi, ...tools(tool("a"), tool("kb.search")) },
    message:
      "1 validation error detected: Value 'kb.search' at 'toolConfig.tools.2.member.toolSpec.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+",
  },
  "a tool name that is too long": {
    body: { ...hi, ...tools(tool("a".repeat(65))) },
    message: `1 validation error detected: Value '${"a".repeat(65)}' at 'toolConfig.tools.1.member.toolSpec.name' failed to satisfy constraint: Member must have length less than or equal to 64`,
  },
  "an empty tool description": {
    body: { ...hi, ...tools(tool("a", { type: "object" }, { description: "" })) },
    message:
      "1 validation error detected: Value '' at 'toolConfig.tools.1.member.toolSpec.description' failed to satisfy constraint: Member must have length greater than or equal to 1",
  },
  "a schema whose root is not an object": {
    body: { ...hi, ...tools(tool("a", { type: "string" })) },
    message:
      "The value at toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.",
  },
  "a schema with a combinator at its root, for Claude": {
    body: { ...hi, ...tools(tool("a", { type: "object", anyOf: [{ required: ["x"] }] })) },
    message:
      "The model returned the following errors: tools.0.custom.input_schema: input_schema does not support oneOf, allOf, or anyOf at the top level",
  },
  "an illegal property key at any depth, for Claude": {
    body: {
      ...hi,
      ...tools(
        tool("a", {
          type: "object",
          properties: {
            list: { type: "array", items: { properties: { "filter[name]": { type: "string" } } } },
          },
        }),
      ),
    },
    message:
      "The model returned the following errors: tools.0.custom.input_schema.properties: Property keys should match pattern '^[a-zA-Z0-9_.-]{1,64}$'",
  },
  "a schema of draft 4, for Claude": {
    body: {
      ...hi,
      ...tools(tool("a", { type: "object", properties: { n: { type: "number", exclusiveMinimum: true } } })),
    },
    message:
      "The model returned the following errors: tools.0.custom.input_schema: JSON schema is invalid. It must match JSON Schema draft 2020-12 (https://json-schema.org/draft/2020-12). Learn more about tool use at https://docs.claude.com/en/docs/tool-use.",
  },
  "two tools with the same name": {
    body: { ...hi, ...tools(tool("a"), tool("a")) },
    message: "The model returned the following errors: tools: Tool names must be unique.",
  },
  "tools for a model without tool use": {
    model: "amazon.titan-text-express-v1",
    body: { ...hi, ...tools(tool("a")) },
    message: "This model doesn't support tool use.",
  },
  "streaming with tools for a model that does not support it": {
    model: "us.meta.llama3-3-70b-instruct-v1:0",
    body: { ...hi, ...tools(tool("a")) },
    message: "This model doesn't support tool use in streaming mode.",
  },
  "a tool choice that the model does not support": {
    model: "openai.gpt-oss-120b-1:0",
    body: { ...hi, toolConfig: { tools: [tool("a")], toolChoice: { any: {} } } },
    message:
      "This model doesn't support the toolConfig.toolChoice.any field. Remove toolConfig.toolChoice.any and try again.",
  },
  "a system prompt for a model that does not support it": {
    model: "mistral.mistral-7b-instruct-v0:2",
    body: { ...hi, system: [text("be kind")] },
    message:
      "This model doesn't support system messages. Try again without a system message or use a model that supports system messages.",
  },
  "stop sequences for a model that does not support them": {
    model: "openai.gpt-oss-120b-1:0",
    body: { ...hi, inferenceConfig: { stopSequences: ["END"] } },
    message: "This model doesn't support the stopSequences field. Remove stopSequences and try again.",
  },
  "a cache of an hour for Nova": {
    model: "amazon.nova-lite-v1:0",
    body: { ...hi, system: [text("be kind"), { cachePoint: { type: "default", ttl: "1h" } }] },
    message: "The model returned the following errors: cachePoint.ttl: Extra inputs are not permitted",
  },
  "a service tier for Claude": {
    body: { ...hi, serviceTier: { type: "flex" } },
    message: "The service tier 'flex' is not available for this model.",
  },
  "a profile that GPT does not have": {
    model: "eu.openai.gpt-5.6-sol",
    body: hi,
    message: "The provided model identifier is invalid.",
  },
  "an assistant prefill for Claude 4.6": {
    model: "us.anthropic.claude-sonnet-4-6",
    body: { messages: [user(text("a")), assistant(text("b"))] },
    message:
      "The model returned the following errors: This model does not support assistant message prefill. The conversation must end with a user message.",
  },
  "an assistant prefill for another model without it": {
    model: "cohere.command-r-v1:0",
    body: { messages: [user(text("a")), assistant(text("b"))] },
    message:
      "The model that you are using requires the last turn in the conversation to be a user message. Add a user message to the conversation and try again.",
  },
  "more tokens than the maximum of the model": {
    body: { ...hi, inferenceConfig: { maxTokens: 64_001 } },
    message:
      "The maximum tokens you requested exceeds the model limit of 64000. Try again with a maximum tokens value that is lower than 64000.",
  },
  "temperature and top_p together, for Claude 4.5": {
    body: { ...hi, inferenceConfig: { temperature: 0.5, topP: 0.5 } },
    message:
      "The model returned the following errors: `temperature` and `top_p` cannot both be specified for this model. Please use only one.",
  },
  "a temperature for Claude 5": {
    model: "us.anthropic.claude-sonnet-5",
    body: { ...hi, inferenceConfig: { temperature: 0.5 } },
    message: "The model returned the following errors: `temperature` is deprecated for this model.",
  },
  "thinking with a forced tool": {
    model: "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    body: {
      ...hi,
      inferenceConfig: { maxTokens: 4096 },
      toolConfig: { tools: [tool("a")], toolChoice: { any: {} } },
      additionalModelRequestFields: { thinking: { type: "enabled", budget_tokens: 1024 } },
    },
    message:
      "The model returned the following errors: Thinking may not be enabled when tool_choice forces tool use.",
  },
  "an image for a model that does not support images": {
    model: "openai.gpt-oss-120b-1:0",
    body: { messages: [user(text("a"), { image: image(1, 1) })] },
    message: "This model doesn't support the image field for user messages. Remove image and try again.",
  },
  "a document without a text block": {
    body: { messages: [user({ document: { name: "a", format: "pdf", source: { bytes: "AA==" } } })] },
    message: "A text block must be included when using documents. Add a text block and retry your request.",
  },
  "an image in an assistant message": {
    body: { messages: [user(text("a")), assistant(text("b"), { image: image(1, 1) }), user(text("c"))] },
    message: "This model doesn't support the image field for assistant messages. Remove image and try again.",
  },
  "an image of another format than declared": {
    body: { messages: [user(text("a"), { image: { ...image(1, 1), format: "gif" } })] },
    message:
      "The model returned the following errors: messages.0.content.1.image.source.base64: The image was specified using the image/gif media type, but the image appears to be a image/png image",
  },
  "bytes that are not an image": {
    body: { messages: [user(text("a"), { image: { format: "png", source: { bytes: "AAAA" } } })] },
    message: "The model returned the following errors: Could not process image",
  },
  "an image of more than 8,000 pixels": {
    body: { messages: [user(text("a"), { image: image(10, 8001) })] },
    message:
      "The model returned the following errors: messages.0.content.1.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
  },
  "an image that is too large": {
    body: { messages: [user(text("a"), { image: image(10, 10, 3_932_161) })] },
    message:
      "The model returned the following errors: messages.0.content.1.image.source.bytes: image exceeds 5 MB maximum: 5242884 bytes > 5242880 bytes",
  },
  "too many images": {
    body: { messages: [user(text("a"), ...Array(21).fill({ image: image(1, 1) }))] },
    message: "The model returned the following errors: messages: too many images: 21 > 20",
  },
  "too many images and documents together": {
    body: {
      messages: [user(text("a"), { document: bill("a") }, ...Array(20).fill({ image: image(1, 1) }))],
    },
    message: "The model returned the following errors: messages: too many images and documents: 20 + 1 > 20",
  },
  "images that exceed the size of a request": {
    body: { messages: [user(text("a"), ...Array(6).fill({ image: image(1, 1, 3_700_000) }))] },
    message: "Input is too long for requested model.",
  },
  "a document for a model that does not support documents": {
    model: "openai.gpt-oss-120b-1:0",
    body: { messages: [user(text("a"), { document: bill("a") })] },
    message: "This model doesn't support documents.",
  },
  "a document name with a dot": {
    body: { messages: [user(text("a"), { document: bill("a.pdf") })] },
    message: DOCUMENT_NAME,
  },
  "a document name with two spaces": {
    body: { messages: [user(text("a"), { document: bill("a  b") })] },
    message: DOCUMENT_NAME,
  },
  "two documents with the same name": {
    body: {
      messages: [
        user(text("a"), { document: bill("a") }),
        assistant(text("b")),
        user(text("c"), { document: bill("a") }),
      ],
    },
    message: "Messages can't contain duplicate document names. Rename the document and retry your request.",
  },
  "six documents": {
    body: { messages: [user(text("a"), ..."abcdef".split("").map((name) => ({ document: bill(name) })))] },
    message: "You can't include more than 5 documents in a request.",
  },
  "a document that is too large": {
    body: { messages: [user(text("a"), { document: bill("a", 4_500_001) })] },
    message: "The maximum document size is 4.5 MB.",
  },
  "a document of an unknown format": {
    body: { messages: [user(text("a"), { document: { ...bill("a"), format: "json" } })] },
    message:
      "1 validation error detected: Value 'json' at 'messages.0.content.1.document.format' failed to satisfy constraint: Member must satisfy enum value set: [pdf,csv,doc,docx,xls,xlsx,html,txt,md]",
  },
  "a cache point directly after a document that is not a PDF, for Claude": {
    body: {
      messages: [
        user(text("a"), { document: { ...bill("a"), format: "csv" } }, { cachePoint: { type: "default" } }),
      ],
    },
    message: "The model returned the following errors: messages.0.content.2.type: Field required",
  },
  "an image before a result, for Claude": {
    body: {
      messages: [user(text("a")), assistant(use("1")), user({ image: image(1, 1) }, result("1"), text("b"))],
      ...tools(tool("search")),
    },
    message:
      "The model returned the following errors: messages: `tool_result` blocks must come before other content in the user turn",
  },
  "the bare id of a model that requires a profile": {
    model: "anthropic.claude-sonnet-4-6",
    body: hi,
    message:
      "Invocation of model ID anthropic.claude-sonnet-4-6 with on-demand throughput isn’t supported. Retry your request with the ID or ARN of an inference profile that contains this model.",
  },
  "an unknown model id": {
    model: "acme.wonder-1",
    body: hi,
    message: "The provided model identifier is invalid.",
  },
  "a cache point for a model that does not support it": {
    model: "openai.gpt-oss-120b-1:0",
    body: { messages: [user(text("a"), { cachePoint: { type: "default" } })] },
    type: "AccessDeniedException",
    message:
      "You invoked an unsupported model or your request did not allow prompt caching. See the documentation for more information.",
  },
  "a history that is too long": {
    model: "meta.llama3-8b-instruct-v1:0",
    body: { messages: [user(text("x".repeat(40_000)))] },
    message: "This model's maximum context length is 8192 tokens. Please reduce the length of the prompt",
  },
  "a result status for a model that does not support it": {
    model: "cohere.command-r-v1:0",
    body: {
      messages: [user(text("a")), assistant(use("1")), user(result("1", { status: "error" }))],
      ...tools(tool("search")),
    },
    message: "This model doesn't support the status field for tool results. Remove status and try again.",
  },
};

describe("the stand-in refuses", () => {
  for (const [
    name,
    { model = CLAUDE, streaming = true, body, message, type = "ValidationException" },
  ] of Object.entries(cases)) {
    test(name, () => {
      expect(checkCall({ modelId: model, streaming, body })).toEqual({
        status: type === "ValidationException" ? 400 : 403,
        type,
        message,
      });
    });
  }
});

test("the stand-in accepts a conversation with calls, results and cache points", () => {
  const body = {
    system: [text("be kind"), { cachePoint: { type: "default" } }],
    messages: [
      user(text("a")),
      assistant(text("let me see"), use("1"), use("2")),
      user(result("1"), result("2", { status: "error" }), text("and now?"), {
        cachePoint: { type: "default" },
      }),
    ],
    inferenceConfig: { maxTokens: 100, temperature: 0.5, stopSequences: ["END"] },
    ...tools(tool("search", { type: "object", properties: { q: { type: "string", nullable: true } } })),
  };
  expect(checkCall({ modelId: CLAUDE, streaming: true, body })).toBeUndefined();
});
