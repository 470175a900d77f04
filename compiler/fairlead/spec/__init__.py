"""The language: pydantic models, one module a section, and the types and expressions that they are made of."""
