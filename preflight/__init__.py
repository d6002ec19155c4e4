"""Checks of a site against the live servers, before anything is touched.

`sources` gathers what the servers say, each once; the families judge it, in plain functions over typed facts; `running` lets all
checks run at once, each with a deadline; `report` shows the outcome. Nothing here changes anything anywhere.
"""
