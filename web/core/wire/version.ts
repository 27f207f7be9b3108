/** The version of everything that two browsers say to each other. A change of any schema in this folder must raise it (version.test.ts holds that). */
export const WIRE_VERSION = 10;
