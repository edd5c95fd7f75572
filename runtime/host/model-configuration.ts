/** Models and choices of a configuration, checked as the rest of it. */
import { z } from "zod";

const MILLISECONDS = z.number().min(0);
const COUNT = z.int().min(1);

export const MODEL = z.object({
  name: z.string(),
  dialect: z.enum(["openai-chat", "openai-responses", "anthropic", "gemini", "bedrock", "cohere", "ollama"]),
  variant: z.string(),
  model: z.string().min(1),
  base: z
    .string()
    .regex(
      /^(https:\/\/[^/?#@\s]+|http:\/\/(localhost|127\.[0-9.]+|\[::1\])(:[0-9]+)?)(\/[^?#\s]*[^/?#\s])?$/,
      "expected https://host with an optional path and no slash at its end; http:// only on this machine",
    ),
  settings: z.record(z.string(), z.string()),
  // Anything else would end the header field and begin another.
  key: z
    .string()
    .regex(/^[\x21-\x7e]+$/, "the key is empty or holds what no header field can")
    .nullable(),
  maxOutput: COUNT.nullable(),
  timeout: MILLISECONDS,
  firstToken: MILLISECONDS,
  silence: MILLISECONDS,
  total: MILLISECONDS,
  connectTimeout: MILLISECONDS,
  idle: MILLISECONDS,
  connections: COUNT,
  answerLimit: COUNT,
});

export const POOL = z.object({
  name: z.string(),
  models: z.array(z.string()).min(1),
  prefer: z.enum(["order", "weights"]),
  weights: z.array(z.number().positive()),
  fallback: z.array(z.string()),
  on: z.array(z.string()),
  limit: COUNT.nullable(),
});
