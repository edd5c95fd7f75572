/** Every setting that the vocabulary knows has a page, and every link of the reference leads to one. */
import { expect, test } from "vitest";
import * as vocabulary from "../vocabulary/index.ts";
import { referencePages } from "./index.ts";
import { settingPages } from "./settings.ts";

const pages = referencePages();
const paths = new Set(pages.map(({ path }) => path));

test("no table of settings is left out", () => {
  const documented = settingPages().map(({ text }) => text);
  const missing = Object.entries(vocabulary).flatMap(([name, value]) =>
    name.endsWith("Settings") && Array.isArray(value)
      ? value
          .filter(({ documentation }) => !documented.some((text) => text.includes(String(documentation))))
          .map(({ key }) => `${name}.${key}`)
      : [],
  );
  expect(missing).toEqual([]);
});

test("links lead somewhere", () => {
  const broken = pages.flatMap(({ path, text }) =>
    [...text.matchAll(/\]\(([^)#]+\.md)\)/g)]
      .map(([, to]) => new URL(to ?? "", `file:///${path}`).pathname.slice(1))
      .filter((to) => !paths.has(to))
      .map((to) => `${path} → ${to}`),
  );
  expect(broken).toEqual([]);
});
