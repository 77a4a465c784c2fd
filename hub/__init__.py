"""Liaison Hub: one shared record between the place a member left and the place a member lives."""
