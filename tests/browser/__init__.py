"""Tests that open the report in a real Chromium, as a person does."""
