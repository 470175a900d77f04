"""A small typed builder of PromQL.

Expressions are built from parts and never pasted: values reach them through `matchers`, which escapes them, and numbers
through `numbers`, which writes them exactly. `syntax.checked` then has another implementation of the grammar read them.
"""
