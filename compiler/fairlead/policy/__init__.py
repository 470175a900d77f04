"""Policies: what works, and still should not be done without saying why; and the waivers that say so.

A policy has a name, as `serving.single-zone`, by which a waiver accepts what it finds. One module a policy, beside this
one: its name, its code with the page that explains it, and a function that looks at a plan. What patches do shows in
resources alone, so `weaker_patches` looks at those.
"""
