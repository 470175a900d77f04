"""`fairlead serve`: a locked version on this machine, through KServe's own server, watched as it would be in a cluster.

The server, its protocols and its metrics are KServe's (`kserve` of the extra `serve`); what its images add, which is
not published as packages, is in `models`. Payloads are kept in the format of KServe's agent, and drift is measured by
the step that a cluster runs.
"""
