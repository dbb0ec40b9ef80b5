export { inBrowsers as default } from "../../vitest.shared.js";
