"""The engine that runs a plan's training on this machine: `fairlead run`.

What runs here is what runs in a cluster: the same plan, the same steps with the same parameters under the same contract
(`fairlead.plan.contract`), as processes instead of containers. The steps are `lowering`'s; `engine` runs them,
`preparing` and `outcomes` know which of them have been run before, and `explaining` says what went wrong.
"""
