/** The compiler's version, kept equal to package.json by a test. */
export const version = "0.1.0";
/** The language's version: the number after `vgw` at the head of every file. */
export const languageVersion = 1;
