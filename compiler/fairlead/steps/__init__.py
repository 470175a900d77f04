"""Fairlead's own steps: the code in the runner image, the same on this machine and in a cluster.

`python -m fairlead.steps NAME` runs one of them under the step contract (`fairlead.plan.contract`): what it reads and
writes is named by environment variables, and its exit code says how it ended. Each step is a module with a function
`run(context)`; the module is imported only when its step is asked for, because the libraries behind them are heavy.
"""
