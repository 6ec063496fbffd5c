// The part of Tabulator that the table of runs uses, behind one function of the site's namespace.
//
// Which rows show, in which order, and what stands in a cell is the page's business: Tabulator draws
// the rows in view, and freezes, moves and resizes columns. Cells and titles are always elements, as
// build.mjs takes every text out of innerHTML.
import Module from "tabulator-tables/src/js/core/Module.js";
import Tabulator from "tabulator-tables/src/js/core/Tabulator.js";
import Row from "tabulator-tables/src/js/core/row/Row.js";
import FrozenColumns from "tabulator-tables/src/js/modules/FrozenColumns/FrozenColumns.js";
import MoveColumns from "tabulator-tables/src/js/modules/MoveColumns/MoveColumns.js";
import ResizeColumns from "tabulator-tables/src/js/modules/ResizeColumns/ResizeColumns.js";

/** The rows shown are lines of the page: one row is made for each and kept. */
class Lines extends Module {
  static moduleName = "lines";

  constructor(table) {
    super(table);
    this.registerTableOption("cell", null);
    this.registerTableOption("heading", null);
    this.registerTableOption("dress", null);
    this.rows = [];
    this.heads = new Map();
    this.drawn = new Set();
  }

  initialize() {
    const { cell, heading, dress } = this.table.options;
    this.subscribe("cell-format", (one) => cell(one.row.data.line, one.column.definition.field, one.element));
    this.subscribe("column-format", (column, title, element) => heading(column.definition.field, element, column.element));
    this.subscribe("row-layout-after", (row) => {
      this.drawn.add(row);
      dress(row.data.line, row.getElement());
    });
  }

  rowOf(line) {
    const make = () => new Row({ line }, this.table.rowManager);
    if (typeof line === "number") return (this.rows[line] ??= make());
    if (!this.heads.has(line)) this.heads.set(line, make());
    return this.heads.get(line);
  }

  // Only what shows is Tabulator's: of rows it takes for its data it would visit every one.
  swap(lines) {
    const rows = lines.map((line) => this.rowOf(line));
    Object.assign(this.table.rowManager, { displayRows: [rows], displayRowsCount: rows.length });
  }

  show(lines, keepPlace) {
    const { rowManager } = this.table;
    if (keepPlace) return rowManager.reRenderInPosition(() => this.swap(lines));
    this.swap(lines);
    return rowManager.renderTable();
  }

  /** Has all rows written anew when they show next. */
  stale() {
    for (const row of this.drawn) {
      row.deinitialize();
      row.deinitializeHeight();
    }
    this.drawn.clear();
  }
}

Tabulator.registerModule([FrozenColumns, MoveColumns, ResizeColumns, Lines]);

/**
 * Make a table in an element, with columns of {field, width, frozen, minWidth}.
 *
 * cell(line, field, element) and heading(field, title, column) return what stands there, dress(line,
 * element) marks a row; moved(fields) and resized(field, width) tell what the reader did. A line is
 * a number, such as of a run, or a text, such as of a group. Resolves when lines can be shown.
 */
function grid(element, { columns, rowHeight, cell, heading, dress, moved, resized }) {
  return new Promise((resolve) => {
    const table = new Tabulator(element, {
      cell,
      heading,
      dress,
      columns,
      rowHeight,
      data: [],
      height: element.style.height,
      nestedFieldSeparator: false,
      movableColumns: true,
      columnDefaults: { resizable: "header" },
      debugInvalidOptions: false,
    });
    table.on("columnMoved", (_, all) => moved(all.map((one) => one.getField())));
    table.on("columnResized", (one) => resized(one.getField(), one.getWidth()));
    table.on("tableBuilt", () => resolve(controls(table)));
  });
}

function controls(table) {
  const { rowManager } = table;
  const { lines } = table.modules;
  // A grid holds groups of rows: the part that scrolls, which can be focused, is the second of them.
  rowManager.element.setAttribute("role", "rowgroup");
  rowManager.tableElement.setAttribute("role", "presentation");
  table.element.removeAttribute("aria-owns");
  return {
    holder: rowManager.element,
    show: (shown, keepPlace = false) => lines.show(shown, keepPlace),
    stale: () => lines.stale(),
    setColumns(columns, shown) {
      const { scrollTop, scrollLeft } = rowManager.element;
      lines.stale();
      lines.swap(shown);
      table.setColumns(columns);
      rowManager.renderTable();
      Object.assign(rowManager.element, { scrollTop, scrollLeft });
    },
    setRowHeight(height) {
      table.options.rowHeight = height;
    },
  };
}

window.runfolio = window.runfolio ?? {};
window.runfolio.grid = grid;
