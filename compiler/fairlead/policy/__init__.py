"""Checks on plans and on output, and the waivers that accept a finding for a time."""
