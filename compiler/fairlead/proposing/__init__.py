"""A change that Fairlead makes as one commit, on a branch of its own: made from Git's objects, and pushed.

The working tree, its index and the branch that is checked out are neither read nor touched, so that a proposal holds
what it says and nothing that lies about. Until a branch is named there is nothing: whoever kills it leaves objects that
Git collects.
"""
