"""The event log: writers append, one step numbers, readers follow. It knows organizations and sequence, no rules."""
