/**
 * The token types of the grammar and the words that mean something to it. The layout pass gives a word its type from
 * where it stands, so the grammar needs one token of lookahead nearly everywhere.
 */
import type { TokenType } from "./token.ts";

/** All of them, by their index; a category stands before its members. */
export const tokenTypes: TokenType[] = [];

function token(name: string, label: string, category: TokenType | null = null): TokenType {
  const type = { name, label, index: tokenTypes.length, category };
  tokenTypes.push(type);
  return type;
}

export const End = token("End", "the end of the file");
export const Newline = token("Newline", "the end of the line");

/** Anything that can be a name here: free words, and reserved ones after `.` or before `:`. */
export const Identifier = token("Identifier", "a name");
/** A word at the start of an entry, with `:` behind it. */
export const Key = token("Key", "a setting", Identifier);

export const NumberToken = token("Number", "a number");
export const StringToken = token("String", "a string");
export const TemplateStart = token("TemplateStart", "a string");
export const TemplateMiddle = token("TemplateMiddle", "the rest of the string");
export const TemplateEnd = token("TemplateEnd", "the rest of the string");
export const TimeToken = token("Time", "a time");
export const AddressToken = token("Address", "an address");

export const BinaryOperator = token("BinaryOperator", "an operator");
export const LeftBrace = token("LeftBrace", "`{`");
export const RightBrace = token("RightBrace", "`}`");
export const LeftParenthesis = token("LeftParenthesis", "`(`");
export const RightParenthesis = token("RightParenthesis", "`)`");
export const LeftBracket = token("LeftBracket", "`[`");
export const RightBracket = token("RightBracket", "`]`");
export const Comma = token("Comma", "`,`");
export const Semicolon = token("Semicolon", "`;`");
export const Colon = token("Colon", "`:`");
export const Dot = token("Dot", "`.`");
export const Ellipsis = token("Ellipsis", "`...`");
export const DotDot = token("DotDot", "`..`");
export const Equals = token("Equals", "`=`");
export const ThinArrow = token("ThinArrow", "`->`");
export const FatArrow = token("FatArrow", "`=>`");
export const PipeArrow = token("PipeArrow", "`|>`");
export const Bar = token("Bar", "`|`");
export const Question = token("Question", "`?`");
export const At = token("At", "`@`");
export const Minus = token("Minus", "`-`", BinaryOperator);
const Operator = token("Operator", "an operator", BinaryOperator);

export const And = token("And", "`and`", BinaryOperator);
export const Or = token("Or", "`or`", BinaryOperator);
export const In = token("In", "`in`", BinaryOperator);
export const Not = token("Not", "`not`");
export const As = token("As", "`as`");
export const Else = token("Else", "`else`");
export const When = token("When", "`when`");
const Where = token("Where", "`where`");
export const With = token("With", "`with`");
export const If = token("If", "`if`");
export const Match = token("Match", "`match`");
export const Let = token("Let", "`let`");
export const Read = token("Read", "`read`");
export const Require = token("Require", "`require`");
export const Reply = token("Reply", "`reply`");
export const Deny = token("Deny", "`deny`");
export const Forward = token("Forward", "`forward`");
export const True = token("True", "`true`");
export const False = token("False", "`false`");
export const None = token("None", "`none`");

export const SetVerb = token("Set", "`set`");
export const RemoveVerb = token("Remove", "`remove`");
export const RewriteVerb = token("Rewrite", "`rewrite`");
export const LogVerb = token("Log", "`log`");
export const LimitVerb = token("Limit", "`limit`");
export const BudgetVerb = token("Budget", "`budget`");
export const IdentifyVerb = token("Identify", "`identify`");
export const GivenVerb = token("Given", "`given`");
export const SendVerb = token("Send", "`send`");
export const ExpectVerb = token("Expect", "`expect`");
export const AdvanceVerb = token("Advance", "`advance`");
export const ReservedVerb = token("ReservedVerb", "a step");

/** The category of every word that begins a declaration; the layout pass gives it only where one can begin. */
export const DeclarationStart = token("DeclarationStart", "a declaration");
export const Header = token("Header", "`vgw`");
export const Import = token("Import", "`import`", DeclarationStart);
export const Private = token("Private", "`private`", DeclarationStart);
export const Gateway = token("Gateway", "`gateway`", DeclarationStart);
export const Service = token("Service", "`service`", DeclarationStart);
export const Identity = token("Identity", "`identity`", DeclarationStart);
export const Model = token("Model", "`model`", DeclarationStart);
export const Type = token("Type", "`type`", DeclarationStart);
export const Route = token("Route", "`route`", DeclarationStart);
export const Policy = token("Policy", "`policy`", DeclarationStart);
export const FunctionWord = token("Function", "`function`", DeclarationStart);
export const Constant = token("Constant", "`let`", DeclarationStart);
export const Test = token("Test", "`test`", DeclarationStart);
export const ReservedDeclaration = token("ReservedDeclaration", "a declaration", DeclarationStart);

/** Words that are never names, except after `.` and before `:`. */
export const reservedWords: ReadonlyMap<string, TokenType> = new Map([
  ["and", And],
  ["or", Or],
  ["in", In],
  ["not", Not],
  ["as", As],
  ["else", Else],
  ["when", When],
  ["where", Where],
  ["with", With],
  ["if", If],
  ["match", Match],
  ["let", Let],
  ["read", Read],
  ["require", Require],
  ["reply", Reply],
  ["deny", Deny],
  ["forward", Forward],
  ["true", True],
  ["false", False],
  ["none", None],
]);

/** Verbs that may also be names: a verb only at the start of an entry, with something behind it to act on. */
export const softVerbs: ReadonlyMap<string, TokenType> = new Map([
  ["set", SetVerb],
  ["remove", RemoveVerb],
  ["rewrite", RewriteVerb],
  ["log", LogVerb],
  ["limit", LimitVerb],
  ["budget", BudgetVerb],
  ["identify", IdentifyVerb],
  ["given", GivenVerb],
  ["send", SendVerb],
  ["expect", ExpectVerb],
  ["advance", AdvanceVerb],
  ...["check", "cache", "publish", "hold", "redact", "cut", "keep", "window"].map(
    (word) => [word, ReservedVerb] as const,
  ),
]);

export const declarationWords: ReadonlyMap<string, TokenType> = new Map([
  ["import", Import],
  ["private", Private],
  ["gateway", Gateway],
  ["service", Service],
  ["identity", Identity],
  ["model", Model],
  ["type", Type],
  ["route", Route],
  ["policy", Policy],
  ["function", FunctionWord],
  ["let", Constant],
  ["test", Test],
  ...["prompt", "trust", "filter", "topic", "stream"].map((word) => [word, ReservedDeclaration] as const),
]);

export const punctuation: ReadonlyMap<string, TokenType> = new Map([
  ["{", LeftBrace],
  ["}", RightBrace],
  ["(", LeftParenthesis],
  [")", RightParenthesis],
  ["[", LeftBracket],
  ["]", RightBracket],
  [",", Comma],
  [";", Semicolon],
  [":", Colon],
  [".", Dot],
  ["...", Ellipsis],
  ["..", DotDot],
  ["=", Equals],
  ["->", ThinArrow],
  ["=>", FatArrow],
  ["|>", PipeArrow],
  ["|", Bar],
  ["?", Question],
  ["@", At],
  ["-", Minus],
  ...["+", "*", "/", "==", "!=", "<", "<=", ">", ">="].map((operator) => [operator, Operator] as const),
]);

/** What people write from other languages, and what it is here. */
export const foreignOperators: ReadonlyMap<string, string> = new Map([
  ["&&", "and"],
  ["||", "or"],
  ["!", "not"],
  ["===", "=="],
  ["!==", "!="],
  ["<>", "!="],
]);

/** Units that are recognised when a space was left before them; the checker owns their meaning. */
export const units: ReadonlySet<string> = new Set(
  "ns us µs ms s sec min h d B KB MB GB TB KiB MiB GiB TiB tok Ktok Mtok USD EUR GBP %".split(" "),
);
