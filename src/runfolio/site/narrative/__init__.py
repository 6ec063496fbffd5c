"""Narrative reports: Markdown beside a store, with panels and values drawn from it."""
