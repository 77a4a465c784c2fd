"""The rules, and the only reads and writes of records. Each write takes `connection`, `viewer` and `now`."""
