"""Thin: arguments in, one transaction, one domain call, a row out. A resolver never calls another."""
