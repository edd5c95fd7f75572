/** Lines and columns of nodes, for traces and source maps. */
import type { Tree } from "../1-syntax/tree.ts";

/** Per node [line, column] of its first token, both from 0; columns in UTF-16 units. */
export function spansOf(tree: Tree): (readonly [number, number])[] {
  const lineStarts = [0];
  for (let at = tree.text.indexOf("\n"); at >= 0; at = tree.text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  const places = tree.tokens.map((token): readonly [number, number] => {
    let low = 0;
    let high = lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lineStarts[middle]! <= token.start) low = middle;
      else high = middle - 1;
    }
    return [low, token.start - lineStarts[low]!];
  });
  return tree.firstToken.map((token) => places[token] ?? [0, 0]);
}
