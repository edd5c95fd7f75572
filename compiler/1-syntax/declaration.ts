/** Everything that stands at the top level, and the program as a whole. */
import type { TokenType } from "./token.ts";
import { nothing, type Rule } from "./base.ts";
import { duplicateWord, missingHeader, notADeclaration, reservedDeclaration, unknownVersion } from "./mistake.ts";
import { RouteGrammar } from "./route.ts";
import type * as tree from "./tree.ts";
import * as v from "./vocabulary.ts";

/** A declaration before what stands in front of it is known. */
type Bare<D> = D extends { readonly documentation: string | null } ? Omit<D, "documentation" | "isPrivate"> : D;

const closing: ReadonlySet<TokenType> = new Set([v.RightBrace, v.RightParenthesis, v.RightBracket]);

export class ProgramGrammar extends RouteGrammar {
  readonly program: Rule<tree.Program> = this.define("program", () => {
    let version: number | null = null;
    const declarations: tree.Declaration[] = [];
    if (this.RECORDING_PHASE || this.next(v.Header)) version = this.entry(this.aHeader, this.noHeader, "a declaration");
    else this.report(missingHeader(this.source));
    if (this.RECORDING_PHASE) this.MANY(() => declarations.push(this.SUBRULE(this.declaration)));
    while (!this.RECORDING_PHASE && !this.next(v.End)) {
      if (this.next(v.Newline) || this.next(v.Semicolon)) this.SKIP_TOKEN();
      else declarations.push(this.declarationEntry());
    }
    this.CONSUME(v.End);
    return { id: this.finish(0), kind: "program", version, declarations };
  });

  private declarationEntry(): tree.Declaration {
    return this.entry<tree.Declaration>(
      () => {
        if (!this.atDeclaration()) this.stopWith(notADeclaration(this.source, this.peek(1), this.peek(2)));
        const declaration = this.SUBRULE(this.declaration);
        if (closing.has(this.peek(1).tokenType))
          this.stopWith(notADeclaration(this.source, this.peek(1), this.peek(2)));
        if (!this.next(v.Newline) && !this.next(v.Semicolon) && !this.next(v.End) && !this.atDeclaration())
          this.stop("the end of the declaration");
        return declaration;
      },
      (start) => {
        // A closing brace ends an entry in a block; here it belongs to nothing and is passed over.
        while (!this.next(v.End) && !this.atDeclaration() && !this.next(v.Newline)) this.SKIP_TOKEN();
        this.skipToDeclaration();
        return { id: this.finish(start), kind: "broken" };
      },
    );
  }

  private skipToDeclaration(): void {
    while (!this.next(v.End) && !this.atDeclaration()) this.SKIP_TOKEN();
  }

  private readonly aHeader = (): number | null => this.SUBRULE(this.header);
  private readonly noHeader = (): null => {
    this.skipToDeclaration();
    return null;
  };

  private readonly header: Rule<number> = this.define("header", () => {
    this.CONSUME(v.Header);
    this.CONSUME(v.NumberToken);
    const written = this.peek(0);
    if (written.image !== "1") this.report(unknownVersion(this.span(written), written.image));
    return Number.parseInt(written.image, 10);
  });

  private readonly declaration: Rule<tree.Declaration> = this.define("declaration", () => {
    const start = this.mark();
    const documentation = this.source.documentation.get(start) ?? null;
    let isPrivate = false;
    this.MANY(() => {
      this.CONSUME(v.Private);
      if (isPrivate) this.report(duplicateWord(this.span(this.peek(0)), "private"));
      isPrivate = true;
    });
    if (!this.RECORDING_PHASE && !this.atDeclaration()) this.stop("a declaration");
    const declaration = this.OR<Bare<tree.Declaration>>([
      { ALT: () => this.SUBRULE(this.gateway) },
      { ALT: () => this.SUBRULE(this.service) },
      { ALT: () => this.SUBRULE(this.identity) },
      { ALT: () => this.SUBRULE(this.model) },
      { ALT: () => this.SUBRULE(this.typeDeclaration) },
      { ALT: () => this.SUBRULE(this.route) },
      { ALT: () => this.SUBRULE(this.policy) },
      { ALT: () => this.SUBRULE(this.functionDeclaration) },
      { ALT: () => this.SUBRULE(this.constant) },
      { ALT: () => this.SUBRULE(this.test) },
      { ALT: () => this.SUBRULE(this.importDeclaration) },
      { ALT: () => this.SUBRULE(this.reserved) },
    ]);
    if (this.RECORDING_PHASE) return { id: 0, kind: "broken" };
    switch (declaration.kind) {
      case "import":
      case "test":
      case "reserved":
      case "broken":
        return declaration;
      default:
        return { ...declaration, id: this.finish(start), documentation, isPrivate };
    }
  });

  private readonly gateway: Rule<Bare<tree.Gateway>> = this.define("gateway", () => {
    const start = this.mark();
    this.CONSUME(v.Gateway);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const settings = this.SUBRULE(this.settings);
    return { id: this.finish(start), kind: "gateway", name, settings };
  });

  private readonly service: Rule<Bare<tree.Service>> = this.define("service", () => {
    const start = this.mark();
    this.CONSUME(v.Service);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const settings = this.SUBRULE(this.settings);
    return { id: this.finish(start), kind: "service", name, settings };
  });

  private readonly model: Rule<Bare<tree.Model>> = this.define("model", () => {
    const start = this.mark();
    this.CONSUME(v.Model);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    if (!this.next(v.LeftBrace) && !this.next(v.Equals)) this.stop("`{` or `= choose(…)`");
    const { choice, settings } = this.OR<Pick<tree.Model, "choice" | "settings">>([
      { ALT: () => ({ choice: null, settings: this.SUBRULE(this.settings) }) },
      {
        ALT: () => {
          this.CONSUME(v.Equals);
          const chosen = this.SUBRULE(this.choice);
          return { choice: chosen, settings: this.OPTION(() => this.SUBRULE(this.settings)) ?? [] };
        },
      },
    ]);
    return { id: this.finish(start), kind: "model", name, choice, settings };
  });

  private readonly choice: Rule<tree.Choice> = this.define("choice", () => {
    const start = this.mark();
    if (!this.RECORDING_PHASE && !this.nextWord("choose")) this.stop("`choose(…)`");
    this.CONSUME(v.Identifier);
    const models: tree.Name[] = [];
    this.CONSUME(v.LeftParenthesis);
    this.separated(v.RightParenthesis, () => models.push(this.nameOf(this.CONSUME(v.Identifier))));
    this.CONSUME(v.RightParenthesis);
    return { id: this.finish(start), kind: "choice", models };
  });

  private readonly identity: Rule<Bare<tree.Identity>> = this.define("identity", () => {
    const start = this.mark();
    this.CONSUME(v.Identity);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    if (!this.next(v.Equals)) this.stop("`= jwt` or `= api_key`");
    this.CONSUME(v.Equals);
    const scheme = this.nameOf(this.CONSUME(v.Identifier));
    const settings: (tree.Setting | tree.Claims)[] = [];
    this.block(() => {
      const entry = this.entry(this.anIdentitySetting, nothing, "the end of the setting");
      if (entry !== null) settings.push(entry);
    });
    return { id: this.finish(start), kind: "identity", name, scheme, settings };
  });

  private readonly anIdentitySetting = (): tree.Setting | tree.Claims | null => this.SUBRULE(this.identitySetting);

  private readonly identitySetting: Rule<tree.Setting | tree.Claims> = this.define("identitySetting", () =>
    this.OR<tree.Setting | tree.Claims>({
      MAX_LOOKAHEAD: 1,
      DEF: [
        {
          GATE: () => this.peek(1).image === "claims" && this.next(v.LeftBrace, 3),
          ALT: () => this.SUBRULE(this.claims),
        },
        { ALT: () => this.SUBRULE(this.setting) },
      ],
    }),
  );

  private readonly claims: Rule<tree.Claims> = this.define("claims", () => {
    const start = this.mark();
    const key = this.nameOf(this.CONSUME(v.Identifier));
    this.SUBRULE(this.colon);
    const claims: tree.Claim[] = [];
    this.block(() => {
      const claim = this.entry(this.aClaim, nothing, "the end of the claim");
      if (claim !== null) claims.push(claim);
    });
    return { id: this.finish(start), kind: "claims", key, claims };
  });

  private readonly aClaim = (): tree.Claim | null => this.SUBRULE(this.claim);

  private readonly claim: Rule<tree.Claim> = this.define("claim", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    this.CONSUME(v.Colon);
    const type = this.SUBRULE(this.typeExpression);
    const from = this.OPTION({
      GATE: () => this.nextWord("from"),
      DEF: () => {
        this.CONSUME(v.Identifier);
        return this.SUBRULE(this.stringLiteral);
      },
    });
    return { id: this.finish(start), kind: "claim", name, type, from: from ?? null };
  });

  private readonly typeDeclaration: Rule<Bare<tree.TypeDeclaration>> = this.define("typeDeclaration", () => {
    const start = this.mark();
    this.CONSUME(v.Type);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    if (!this.next(v.LeftBrace) && !this.next(v.Equals)) this.stop("`{` or `=`");
    const type = this.OR<tree.TypeExpression>([
      { ALT: () => this.SUBRULE(this.recordType) },
      {
        ALT: () => {
          this.CONSUME(v.Equals);
          return this.SUBRULE(this.typeExpression);
        },
      },
    ]);
    return { id: this.finish(start), kind: "type", name, type };
  });

  private readonly policy: Rule<Bare<tree.Policy>> = this.define("policy", () => {
    const start = this.mark();
    this.CONSUME(v.Policy);
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const parameters = this.OPTION(() => this.SUBRULE(this.parameters));
    const steps = this.SUBRULE(this.steps);
    return { id: this.finish(start), kind: "policy", name, parameters: parameters ?? [], steps };
  });

  private readonly functionDeclaration: Rule<Bare<tree.FunctionDeclaration>> = this.define(
    "functionDeclaration",
    () => {
      const start = this.mark();
      this.CONSUME(v.FunctionWord);
      const name = this.nameOf(this.CONSUME(v.Identifier));
      const parameters = this.SUBRULE(this.parameters);
      const result =
        this.OPTION(() => {
          this.CONSUME(v.ThinArrow);
          return this.SUBRULE(this.typeExpression);
        }) ?? null;
      this.CONSUME(v.Equals);
      const body = this.SUBRULE(this.expression);
      return { id: this.finish(start), kind: "function", name, parameters, result, body };
    },
  );

  private readonly parameters: Rule<tree.Parameter[]> = this.define("parameters", () => {
    const list: tree.Parameter[] = [];
    this.CONSUME(v.LeftParenthesis);
    this.separated(v.RightParenthesis, () => list.push(this.SUBRULE(this.parameter)));
    this.CONSUME(v.RightParenthesis);
    return list;
  });

  private readonly parameter: Rule<tree.Parameter> = this.define("parameter", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    this.CONSUME(v.Colon);
    const type = this.SUBRULE(this.typeExpression);
    return { id: this.finish(start), kind: "parameter", name, type };
  });

  private readonly constant: Rule<Bare<tree.Constant>> = this.define("constant", () => {
    const start = this.mark();
    this.CONSUME(v.Constant);
    const definition = this.SUBRULE(this.definition);
    return { id: this.finish(start), kind: "constant", ...definition };
  });

  private readonly test: Rule<tree.Test> = this.define("test", () => {
    const start = this.mark();
    this.CONSUME(v.Test);
    if (!this.next(v.StringToken) && !this.next(v.TemplateStart)) this.stop("the test's title in quotes");
    const title = this.SUBRULE(this.testTitle);
    const steps = this.SUBRULE(this.testSteps);
    return { id: this.finish(start), kind: "test", title, steps };
  });

  private readonly importDeclaration: Rule<tree.Import> = this.define("importDeclaration", () => {
    const start = this.mark();
    this.CONSUME(v.Import);
    const names = this.OPTION(() => {
      const list: tree.ImportedName[] = [];
      this.block(() => {
        const name = this.entry<tree.ImportedName | null>(
          () => this.SUBRULE(this.importedName),
          () => null,
          "the end of the name",
        );
        if (name !== null) list.push(name);
      });
      if (!this.nextWord("from")) this.stop("`from`");
      this.CONSUME(v.Identifier);
      return list;
    });
    if (!this.next(v.StringToken)) this.stop("a file's path in quotes");
    const from = this.SUBRULE(this.stringLiteral);
    return { id: this.finish(start), kind: "import", names: names ?? null, from };
  });

  private readonly importedName: Rule<tree.ImportedName> = this.define("importedName", () => {
    const start = this.mark();
    const name = this.nameOf(this.CONSUME(v.Identifier));
    const alias = this.OPTION(() => {
      this.CONSUME(v.As);
      return this.nameOf(this.CONSUME(v.Identifier));
    });
    return { id: this.finish(start), kind: "imported-name", name, alias: alias ?? null };
  });

  private readonly reserved: Rule<tree.Reserved> = this.define("reserved", () => {
    const start = this.mark();
    const word = this.nameOf(this.CONSUME(v.ReservedDeclaration));
    this.report(reservedDeclaration(this.span(this.peek(0)), word.text));
    const name = this.OPTION(() => this.nameOf(this.CONSUME(v.Identifier))) ?? null;
    if (!this.RECORDING_PHASE) this.synchronise(start);
    return { id: this.finish(start), kind: "reserved", word, name };
  });

  /** Parses one file. The parser is shared: nothing of an earlier file may show in the result. */
  parse(source: Parameters<ProgramGrammar["begin"]>[0]) {
    this.begin(source);
    const program = this.run(this.program, source.tokens);
    const { firstToken, lastToken, diagnostics } = this;
    return { program, firstToken, lastToken, diagnostics };
  }
}
