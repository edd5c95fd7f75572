/** The numeric rules at their edges. */
import { describe, expect, it } from "vitest";
import { Failure } from "../failure.ts";
import {
  addFloat,
  addInt,
  divideFloat,
  divideWhole,
  floatFromText,
  intFromJson,
  intFromText,
  MAX_INT,
  multiplyFloat,
  multiplyInt,
  multiplyWhole,
  negate,
  numberToText,
  quotientWhole,
  round,
  roundTo,
  subtractInt,
} from "./number.ts";

describe("int", () => {
  it.each([
    [addInt(MAX_INT, 1), MAX_INT],
    [addInt(1, 2), 3],
    [subtractInt(-MAX_INT, 1), -MAX_INT],
    [multiplyInt(3_037_000_500, 3_037_000_500), MAX_INT],
    [multiplyInt(-3_037_000_500, 3_037_000_500), -MAX_INT],
    [multiplyInt(0, -5), 0],
    [negate(0), 0],
    [negate(5), -5],
  ])("%d is %d", (found, expected) => expect(found).toBe(expected));

  it.each([
    ["0", 0],
    ["-0", 0],
    ["9007199254740991", MAX_INT],
    ["9007199254740992", undefined],
    ["99999999999999999999", undefined],
    ["-12", -12],
    ["+1", undefined],
    ["01", undefined],
    ["1.0", undefined],
    ["1e3", undefined],
    [" 1", undefined],
    ["1 ", undefined],
    ["", undefined],
    ["0x10", undefined],
    ["١", undefined],
  ])("text %j is %s", (text, expected) => expect(intFromText(text)).toBe(expected));

  it.each([
    [1.0, 1],
    [1.7, undefined],
    [2 ** 53, undefined],
    ["1", undefined],
    [null, undefined],
    [-0, 0],
  ])("JSON %j is %s", (value, expected) => expect(intFromJson(value)).toBe(expected));
});

describe("float", () => {
  it.each([
    [addFloat(Number.MAX_VALUE, Number.MAX_VALUE), Number.MAX_VALUE],
    [multiplyFloat(-1e308, 10), -Number.MAX_VALUE],
    [multiplyFloat(0, -1), 0],
    [addFloat(0.1, 0.2), 0.30000000000000004],
  ])("%d is %d", (found, expected) => expect(found).toBe(expected));

  it.each([
    ["1.5", 1.5],
    ["-0", 0],
    ["1e2", 100],
    [".5", undefined],
    ["5.", undefined],
    ["NaN", undefined],
    ["Infinity", undefined],
    ["1e999", undefined],
    ["1_0", undefined],
    ["0x1", undefined],
  ])("text %j is %s", (text, expected) => expect(floatFromText(text)).toBe(expected));

  it("is written as JSON writes it", () => expect([numberToText(-0), numberToText(1e21)]).toEqual(["0", "1e+21"]));
});

describe("rounding", () => {
  it.each([
    [round(0.5), 0],
    [round(1.5), 2],
    [round(2.5), 2],
    [round(-0.5), 0],
    [round(-1.5), -2],
    [round(2.4999999999), 2],
    [round(1e300), MAX_INT],
    [roundTo(1.005, 2), 1],
    [roundTo(1.015, 2), 1.02],
    [roundTo(2.345, 1), 2.3],
    [roundTo(1e21, 2), 1e21],
    [roundTo(-0.001, 2), 0],
    [multiplyWhole(5, 0.5), 2],
    [multiplyWhole(7, 0.5), 4],
    [multiplyWhole(-5, 0.5), -2],
    [multiplyWhole(MAX_INT, 2), MAX_INT],
    [quotientWhole(1_000_000, 3), 333_333],
  ])("%d is %d", (found, expected) => expect(found).toBe(expected));
});

describe("division by zero", () => {
  it.each([divideFloat(1, 0), divideFloat(0, 0), divideWhole(1, 0), divideFloat(1, -0)])("fails", (result) => {
    expect(result).toBeInstanceOf(Failure);
    expect(result).toMatchObject({ kind: "division" });
  });
  it("gives a quotient otherwise", () => expect([divideFloat(7, 2), divideWhole(7, 2)]).toEqual([3.5, 4]));
});
