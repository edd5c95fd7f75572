/** Forms (application/x-www-form-urlencoded): each field's texts are read by the field's type; unknown and missing ones are problems. */
import { listLiteral } from "./literal.ts";
import type { RecordType } from "../3-types/type.ts";
import type { Emission } from "./emission.ts";
import { capital, propertyKey } from "./names.ts";
import { formOf } from "./form.ts";
import { anyText, textParser } from "./text.ts";
import { shapeKey, typeText } from "./type.ts";
import { wantedName } from "./validate.ts";

/** The name of a function from the form's text to the record or a failure. */
export function emitFormReader(emission: Emission, type: RecordType): string {
  return emission.declared(`urlencoded ${shapeKey(type)}`, `${wantedName(type)}FromForm`, (name) => {
    const failure = emission.use("Failure");
    const lines = [
      `function ${name}(form: string | ${failure}): ${typeText(emission, type)} | ${failure} {`,
      `  if (form instanceof ${failure}) return form;`,
      `  const problems: ${emission.useType("Problem")}[] = [];`,
    ];
    const entries: string[] = [];
    for (const [index, field] of type.fields.entries()) {
      const variable = `field${index}${capital(wantedName(field.type))}`;
      const key = JSON.stringify(field.name);
      const of = field.type.kind === "optional" ? field.type.of : field.type;
      const spare = field.default === undefined ? "undefined" : JSON.stringify(field.default);
      const needed = field.default === undefined && field.type.kind !== "optional";
      const parser =
        of.kind === "list" ? textParser(emission, of.item) : anyText(of) ? "(text) => text" : textParser(emission, of);
      const call =
        of.kind === "list"
          ? `${emission.use("formList")}(form, ${key}, ${needed}, ${parser}, ${formOf(emission, of)}, problems)`
          : `${emission.use("formField")}(form, ${key}, ${needed}, ${parser}, ${formOf(emission, of)}, problems)`;
      lines.push(`  const ${variable} = ${call}${field.default === undefined ? "" : ` ?? ${spare}`};`);
      entries.push(`${propertyKey(field.name)}: ${needed ? `${variable}!` : variable}`);
    }
    const names = listLiteral(type.fields.map((field) => field.name));
    lines.push(
      `  ${emission.use("unknownFields")}(form, ${names}, problems);`,
      `  return problems.length > 0 ? ${emission.use("invalidInput")}(problems) : { ${entries.join(", ")} };`,
      "}",
    );
    return lines.join("\n");
  });
}
