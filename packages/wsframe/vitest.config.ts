export { pure as default } from "../../vitest.shared.js";
