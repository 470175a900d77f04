"""Fairlead: one YAML specification of a model in production, compiled into what its platforms run."""
