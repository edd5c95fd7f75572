/** What is asked for in the bench of models, as wrk asks it. */

const MESSAGES = [
  { role: "system", content: "You are a helpful assistant of a shop. Answer in one paragraph, and only about orders." },
  {
    role: "user",
    content: "Where is my order? I ordered tea for my grandmother two weeks ago, and nothing has come so far.",
  },
  {
    role: "assistant",
    content: "I am sorry to hear that. What is the number of the order, or the address it was made with?",
  },
  { role: "user", content: "The number is 4711. And the tea should be Earl Grey, not Darjeeling as on the invoice." },
];
const SETTINGS = { temperature: 0.7, max_tokens: 500, user: "customer-4711" };

/** Some 500 bytes. */
export const CHAT = JSON.stringify({ model: "gpt-4.1-mini", messages: MESSAGES, ...SETTINGS });
export const STREAM = JSON.stringify({ model: "gpt-4.1-mini", messages: MESSAGES, ...SETTINGS, stream: true });

const LINE =
  'It was a bright cold day in April, and the clocks were striking "thirteen".\nWinston Smith slipped in – quickly.\n';
const LARGE_LENGTH = 400_000;

/** 400 KB, nearly all of it one text with quotes and line ends, as a document in a prompt is. */
export const LARGE = JSON.stringify({
  model: "gpt-4.1-mini",
  messages: [
    ...MESSAGES,
    { role: "user", content: LINE.repeat(Math.floor(LARGE_LENGTH / Buffer.byteLength(JSON.stringify(LINE)))) },
  ],
  ...SETTINGS,
});

/** For wrk. */
export function post(body: string): string {
  return `wrk.method = "POST"\nwrk.body = ${luaString(body)}\n`;
}

/** A long bracket whose level does not occur in the text; a line end behind it would be dropped. */
function luaString(text: string): string {
  const level = "====";
  if (text.includes(`]${level}]`) || text.startsWith("\n")) throw new Error("a text that the script cannot hold");
  return `[${level}[${text}]${level}]`;
}
