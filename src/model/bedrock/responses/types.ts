/** The types of the Responses API, as Bedrock serves it on bedrock-runtime and bedrock-mantle. */
import type { ReasoningEffort } from "../../capabilities-columns.ts";

/** Where the Responses API of a model is served. `path` precedes `/responses`. */
export interface ResponsesSurface {
  readonly endpoint: "runtime" | "mantle";
  readonly path: "/openai/v1" | "/v1";
}

/** The JSON body of `POST …/responses`. */
export interface ResponsesBody {
  readonly model: string;
  readonly instructions?: string;
  readonly input: readonly InputItem[];
  readonly tools?: readonly ResponsesTool[];
  readonly tool_choice?: "required" | { readonly type: "function"; readonly name: string };
  readonly max_output_tokens: number;
  readonly temperature?: number;
  readonly top_p?: number;
  readonly reasoning?: { readonly effort: ReasoningEffort | "none" };
  readonly include?: readonly string[];
  readonly prompt_cache_key?: string;
  readonly prompt_cache_options?: { readonly mode: "explicit" };
  readonly service_tier?: string;
  /** bedrock-mantle keeps a stored response for 30 days. */
  readonly store: false;
  readonly stream: true;
}

export interface ResponsesTool {
  readonly type: "function";
  readonly name: string;
  readonly description?: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly strict: false;
}

export type InputItem =
  | {
      readonly role: "user" | "developer";
      readonly content: readonly InputPart[];
    }
  | { readonly role: "assistant"; readonly content: string }
  | {
      readonly type: "function_call";
      readonly call_id: string;
      readonly name: string;
      /** JSON text. */
      readonly arguments: string;
    }
  | {
      readonly type: "function_call_output";
      readonly call_id: string;
      readonly output: string | readonly InputPart[];
    }
  | {
      readonly type: "reasoning";
      readonly id: string;
      readonly summary: readonly [];
      readonly encrypted_content: string;
    };

/** Part of an input. A breakpoint marks the end of a prefix that the service caches. */
export type InputPart = {
  readonly prompt_cache_breakpoint?: { readonly mode: "explicit" };
} & (
  | { readonly type: "input_text"; readonly text: string }
  | { readonly type: "input_image"; readonly image_url: string }
  | { readonly type: "input_file"; readonly filename: string; readonly file_data: string }
);
