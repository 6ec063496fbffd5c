// The part of Vega that Runfolio's own charts use, behind one function of the site's namespace.
//
// Left out of the bundle: maps, force layouts, trees, regression, word clouds, cross-filtering.
// Expressions run in the interpreter, so the page needs no 'unsafe-eval'; the loader refuses every
// address, so no spec can reach a file or a host.
import { transforms } from "vega-dataflow";
import * as encode from "vega-encode";
import { expressionInterpreter } from "vega-interpreter";
import { parse } from "vega-parser";
import * as basic from "vega-transforms";
import { Error as logErrors, extend } from "vega-util";
import { View } from "vega-view";
import * as layout from "vega-view-transforms";

extend(transforms, basic, encode, layout);

const refuse = (address) => Promise.reject(new Error(`Charts load nothing: ${String(address)}`));
const loader = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

/**
 * Draw a compiled Vega spec into an element.
 *
 * options.tooltip(handler, event, item, value) receives what Vega would show on hover.
 * Resolves, once drawn, to {view, resize(width, height), finalize()}.
 */
async function render(element, spec, options = {}) {
  const view = new View(parse(spec, null, { ast: true }), {
    expr: expressionInterpreter,
    loader,
    logLevel: logErrors,
    renderer: "svg",
    tooltip: options.tooltip ?? (() => {}),
  });
  await view.initialize(element).hover().runAsync();
  return {
    view,
    resize(width, height) {
      if (height !== undefined) view.height(height);
      return view.width(width).runAsync();
    },
    finalize() {
      view.finalize();
      element.replaceChildren();
    },
  };
}

window.runfolio = window.runfolio ?? {};
window.runfolio.vega = { render };
