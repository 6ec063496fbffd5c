"""Live panels of narrative reports: a block of YAML becomes a chart, table, number or pictures."""

from runfolio.site.narrative.panels.panel import KINDS, Panel, draw_panel

__all__ = ["KINDS", "Panel", "draw_panel"]
