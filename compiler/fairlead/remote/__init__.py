"""What is reached over a network: object stores, MLflow and registries of images.

Steps and commands come here, and nothing that compiles does. Every failure is a `RemoteFailure` with one sentence that
names the address and one that says what to do; who called decides whether that is a finding or the end of a step. The
libraries behind the doors are heavy, so each is imported where it is first needed.
"""
