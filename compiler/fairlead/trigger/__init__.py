"""Starting a run now: from the WorkflowTemplate that is compiled and applied, and following it to its end."""
