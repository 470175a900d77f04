"""fairlead.yaml, its environments and hardware, and the locks: a pipeline as one environment has it."""
