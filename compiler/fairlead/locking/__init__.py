"""Asking what a lock should hold, and moving versions between the locks of environments.

Registries of images, object stores and MLflow are asked through `fairlead.remote`; what is written is text that
`fairlead.workspace.lockfile` edits. All questions of a run come before the first write.
"""
