"""Peers of SpecPrune, written from their equations with numpy alone; nothing is shared with the page's code."""
