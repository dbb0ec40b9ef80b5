/** No file reaches itself through its imports; type imports count. */
import type { Finding } from "../finding.js";
import type { Module, ModuleGraph } from "../graph.js";

/** One finding per knot of files, showing one way around it. */
export function cyclesRule(graph: ModuleGraph): Finding[] {
  return knots(graph).map((knot): Finding => {
    const path = wayAround(graph, knot);
    const [first = "", second = first] = path;
    const site = graph.byFile.get(first)?.imports.find(({ target }) => target.kind === "file" && target.file === second);
    return {
      rule: "cycles", file: first, line: site?.line ?? 1,
      problem: `files import each other in a circle: ${[...path, first].join(" → ")}`,
      remedy: "move the shared noun into a file below them all; import type does not untie a knot",
    };
  });
}

function fileImports(graph: ModuleGraph, module: Module | undefined): string[] {
  const files = module?.imports.flatMap(({ target }) => (target.kind === "file" && graph.byFile.has(target.file) ? [target.file] : []));
  return [...new Set(files)];
}

/** Strongly connected components with a cycle (Tarjan's algorithm). */
function knots(graph: ModuleGraph): string[][] {
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const index = order.size;
    order.set(file, index);
    stack.push(file);
    let lowest = index;
    const imported = fileImports(graph, graph.byFile.get(file));
    for (const next of imported) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? lowest);
    }
    if (lowest === index) {
      const component = stack.splice(stack.indexOf(file));
      if (component.length > 1 || imported.includes(file)) found.push(component.sort());
    }
    return lowest;
  };
  for (const { file } of graph.modules) if (!order.has(file)) visit(file);
  return found;
}

/** The shortest circle through the knot's first file. */
function wayAround(graph: ModuleGraph, knot: readonly string[]): string[] {
  const [start = ""] = knot;
  const inside = new Set(knot);
  const queue: string[][] = [[start]];
  const seen = new Set<string>();
  for (let path = queue.shift(); path !== undefined; path = queue.shift()) {
    for (const next of fileImports(graph, graph.byFile.get(path.at(-1) ?? ""))) {
      if (next === start) return path;
      if (!inside.has(next) || seen.has(next)) continue;
      seen.add(next);
      queue.push([...path, next]);
    }
  }
  return [start];
}
