"""Engines advance a state through a plan; they own clock and queues, every number and branch comes from the rules."""
