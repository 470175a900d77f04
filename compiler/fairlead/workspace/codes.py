"""What can be wrong with a project as a whole."""

from __future__ import annotations

from fairlead.source.diagnostics import Code, Severity

NO_PROJECT = Code(
    "FL2001",
    "no fairlead.yaml",
    """
    Neither this folder nor one above it has a fairlead.yaml, so there is no project to work on. `fairlead init`
    makes one; in a repository that has one elsewhere, change into its folder or name it with `--project`.
    """,
)
NO_SPECS = Code(
    "FL2002",
    "no specification matches",
    """
    The pattern of `specs` in fairlead.yaml, or the path on the command line, matches no file. Compiling nothing would
    remove everything that was compiled before, so it is refused.

    ```yaml
    specs: specs/*.yaml
    ```
    """,
)
UNKNOWN_ENVIRONMENT = Code(
    "FL2003",
    "an environment that fairlead.yaml does not have",
    """
    A specification, a lock or the command line names an environment that the project does not declare. Environments
    are declared in fairlead.yaml, in order of promotion:

    ```yaml
    environments:
      staging:    {namespace: ml-staging, trains: true}
      production: {namespace: ml, after: staging, protected: true}
    ```
    """,
)
ONE_TRAINS = Code(
    "FL2004",
    "training must happen in exactly one environment",
    """
    A model is trained once and promoted by its digest: were it trained in two environments, production would serve
    bytes
    that staging never saw. Mark exactly one environment with `trains: true`.
    """,
)
BAD_AFTER = Code(
    "FL2005",
    "environments in an impossible order",
    """
    `after` names the environment that a version passes through before this one. It must name one that stands above it,
    because the order of the file is the order of promotion; the environment that trains comes first and has none.
    """,
)
SAME_NAME = Code(
    "FL2006",
    "two specifications claim one name",
    """
    The name is the root of every generated name, so two pipelines of one name would overwrite each other's resources.
    Give one of them another; to rename a pipeline, change its name and write the old one as `metadata.renamed_from`.
    """,
)
FOREIGN_LOCK = Code(
    "FL2007",
    "a lock that belongs to something else",
    """
    A lock says in its metadata which pipeline and environment it is for, and this one stands beside another
    specification, or under the name of another environment. Locks are written by `fairlead lock`, `promote` and
    `rollback`; one that was copied by hand would put a wrong model into service.

    A pipeline that is renamed keeps its locks, and its models stay where they are. Give each lock the new name:

    ```yaml
    metadata: {name: house-cost, renamed_from: house-price, …}      # specs/house.yaml
    ```

    ```yaml
    metadata: {pipeline: house-cost, environment: production}       # specs/house.production.lock.yaml
    ```
    """,
)
ORPHAN_LOCK = Code(
    "FL2008",
    "a lock without its specification",
    """
    No specification belongs to this lock any more. It has no effect; remove it when the pipeline's history is not
    needed beside the others.
    """,
    Severity.WARNING,
)
UNKNOWN_TARGET = Code(
    "FL2009",
    "a target that is not installed",
    """
    `targets` in fairlead.yaml names a target that no installed package provides. `fairlead targets` lists those there
    are. A target of your own is a package with an entry point in the group `fairlead.targets`.
    """,
)
SAME_NAMESPACE = Code(
    "FL2010",
    "two environments in one namespace",
    """
    Resources are named after the pipeline, the same in every environment, so two environments in one namespace of
    one cluster would
    overwrite each other. Environments in clusters of their own need namespaces of their own as well, because nothing
    in the
    output says which cluster it is for.
    """,
)
FIXED_IN_ENVIRONMENT = Code(
    "FL2011",
    "an environment may not change this",
    """
    `environments` changes what differs from place to place: replicas, hardware, thresholds. What a pipeline is can't
    differ:
    its `apiVersion`, `kind`, `metadata.name` and `environments` themselves.
    """,
)
UNREADABLE = Code(
    "FL2012",
    "a file that cannot be read",
    """
    The operating system refused to read the file; its own words are in the message. Check that it exists, that it is a
    file, and that you may read it.
    """,
)
BAD_DEFAULTS = Code(
    "FL2013",
    "defaults for something that is each pipeline's own",
    """
    `defaults` in fairlead.yaml is merged under every specification. A name, an environment's patch, a source of data
    or `kind` would
    then be the same for all of them; write it in each specification.
    """,
)
BAD_OPTIONS = Code(
    "FL2014",
    "options that a target does not take",
    """
    The options under a target's name in fairlead.yaml are checked by the target itself. `fairlead targets NAME`
    lists what
    it takes.

    ```yaml
    targets:
      - argo-workflows
      - github-actions: {workflows: [validate, preview, check]}
    ```
    """,
)
BROKEN_TARGET = Code(
    "FL2015",
    "a target that cannot be loaded",
    """
    The package that provides the target is installed, but importing it failed, or what it registers is no target. The
    message has the error. It is the plugin's author who can mend it; without the target, remove it from `targets`.
    """,
)
LOST_WORKER = Code(
    "FL2016",
    "a worker process was ended from outside",
    """
    Compiling many pipelines is shared among processes, and one of them was ended before it had finished. Nothing was
    written. Nearly always it was the system, which ends the largest process when memory runs out; `dmesg` says so.

    Wrong, in a container with little memory and many processors:

    ```console
    $ fairlead compile
    ```

    Right:

    ```console
    $ fairlead compile --jobs 1
    ```
    """,
)
CHANGED = Code(
    "FL2017",
    "a file changed while it was being worked on",
    """
    A specification, a lock or fairlead.yaml is no longer as it was when the command read it: somebody saved it, or
    another command wrote it, in the meantime. What was worked out is about the text before, so nothing was written.

    Wrong: to go on saving files, or to switch branches, while a command that writes is running.

    Right: run the command again. It reads everything anew.
    """,
)
LEADS_OUT = Code(
    "FL2018",
    "a symbolic link out of the project",
    """
    A specification or a lock is a symbolic link, or lies in a folder that is one, and what it leads to is not below the
    folder of fairlead.yaml. What is compiled would depend on files that no commit of this repository holds.

    Wrong:

    ```console
    $ ln -s /srv/shared/churn.yaml specs/churn.yaml
    ```

    Right: keep the file in the project, and let links lead from one place in it to another.
    """,
)
BAD_NAME = Code(
    "FL2019",
    "a file whose name can't be written down",
    """
    The name of a specification stands in the files that are generated from it. One with a line end or another control
    character, a backslash, or bytes that are not UTF-8 can't stand there, and not every system can check it out.

    Wrong:

    ```console
    $ mv specs/churn.yaml $'specs/churn\\n.yaml'
    ```

    Right: a name of letters, digits, hyphens and dots.
    """,
)
