"""A step's container: argument vector, variables, volumes, and what it may do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.plan import contract
from fairlead.plan.nodes import Run
from fairlead.resources import conventions
from fairlead.resources.pods import amounts, container_security
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.escaping import BRACE, literal, needs_brace
from fairlead_targets.argo_workflows.steps import Step
from fairlead_targets.argo_workflows.storage import RUN as RUN_ID

INPUTS = "/fairlead/in"
OUTPUTS = "/fairlead/out"
RESULTS = "/fairlead/results"
CONFIG = "/fairlead/config"
"""Where the parameters of a trial are mounted."""
PARAMETERS_FILE = "/fairlead/parameters.json"
USAGE_FILE = "/tmp/fairlead-usage.json"  # noqa: S108 - in a volume of the Pod's own
"""Where a step says what it used: in the one volume that every step has."""
MEASURE = "/fairlead/measure"
"""Where the script is mounted that measures a command of the user's own."""
SCRIPT = "measure.py"
"""Its file there, and its key in the pipeline's ConfigMap."""
_PYTHON = re.compile(r"(.*/)?python(3(\.[0-9]+)?)?")
TRIAL = "{{inputs.parameters.trial}}"


def container(context: Context, step: Step, trials: str | None) -> models.Container:
    """The container of a step; `trials` names the ConfigMap with the trials' parameters."""
    run = step.run
    argv = [literal(word) for word in run.command]
    if _is_scripted(context, step):
        argv = [argv[0], f"{MEASURE}/{SCRIPT}", *argv]
    variables = _variables(context, step)
    named = [models.EnvVar(name=name, value=value) for name, value in variables.items()]
    if needs_brace(*argv, *variables.values()):
        named.insert(0, models.EnvVar(name=BRACE, value="{"))
    named += _settings(step, trials) + _secrets(context, step)
    return models.Container(
        image=run.image.reference,
        command=argv[:1],
        args=argv[1:] or None,
        env=named,
        resources=models.ResourceRequirements.model_validate(amounts(run.hardware)),
        security_context=models.SecurityContext.model_validate(container_security()),
        volume_mounts=[models.VolumeMount(name=name, mount_path=path) for name, path in _mounts(context, step)],
    )


def needs_script(context: Context, run: Run) -> bool:
    """Whether a command of the user's own is to run under the script: only where there is a Python to run it."""
    return context.options.measure and run.built_in is None and _PYTHON.fullmatch(run.command[0]) is not None


def _is_scripted(context: Context, step: Step) -> bool:
    return step.measured is not None and needs_script(context, step.run)


def volumes(context: Context, step: Step, trials: str | None) -> list[models.Volume]:
    """The volumes of a step: the root file system is read-only, so whatever is written needs one."""
    disk = step.run.hardware.disk
    size = models.Quantity(str(disk)) if disk is not None else None
    found = [
        models.Volume(name=name, empty_dir=models.EmptyDirVolumeSource(size_limit=size if name == "out" else None))
        for name, _ in _mounts(context, step)
        if name not in ("shm", "config", "measure")
    ]
    if step.run.hardware.shm is not None:
        memory = models.EmptyDirVolumeSource(medium="Memory", size_limit=models.Quantity(str(step.run.hardware.shm)))
        found.append(models.Volume(name="shm", empty_dir=memory))
    if trials is not None and (step.searched or step.reads_trials):
        item = models.KeyToPath(key=f"{TRIAL}.json", path="parameters.json")
        source = models.ConfigMapVolumeSource(name=trials, items=[item] if step.searched else None)
        found.append(models.Volume(name="config", config_map=source))
    if _is_scripted(context, step):
        name = conventions.training(context.name)
        items = [models.KeyToPath(key=SCRIPT, path=SCRIPT)]
        found.append(models.Volume(name="measure", config_map=models.ConfigMapVolumeSource(name=name, items=items)))
    return found


def _mounts(context: Context, step: Step) -> Iterator[tuple[str, str]]:
    yield "tmp", "/tmp"  # noqa: S108 - a volume of the Pod's own
    if step.outputs:
        yield "out", OUTPUTS
    if step.results:
        yield "results", RESULTS
    if step.run.hardware.shm is not None:
        yield "shm", "/dev/shm"  # noqa: S108
    if step.searched or step.reads_trials:
        yield "config", CONFIG
    if _is_scripted(context, step):
        yield "measure", MEASURE


def _variables(context: Context, step: Step) -> dict[str, str]:
    """Every variable whose value stands in the template. The user's win over defaults, and lose to the contract."""
    run = step.run
    mlflow = context.unit.project.mlflow
    defaults = {"HOME": "/tmp"}  # noqa: S108 - the only folder that any image can write to
    if mlflow is not None:
        defaults |= {"MLFLOW_TRACKING_URI": str(mlflow.tracking_uri), "MLFLOW_EXPERIMENT_NAME": context.name}
    if step.uses_store:
        defaults |= context.store.variables
    given = {name: literal(value) for name, value in run.env.items()}
    own = {} if run.built_in is not None else run.parameters
    values = contract.parameter_variables({name: value for name, value in own.items() if name not in step.searched})
    fixed = {name: literal(value) for name, value in values.items()}
    files = {
        **{contract.input_variable(use.name): use.address or f"{INPUTS}/{use.name}" for use in step.inputs},
        **{contract.output_variable(give.name): f"{OUTPUTS}/{give.name}" for give in step.outputs},
        **{contract.result_variable(result.name): f"{RESULTS}/{result.name}" for result in step.results},
    }
    if step.measured is not None:
        files[contract.USAGE] = USAGE_FILE
    contracted = contract.surroundings(
        step=step.title,
        pipeline=context.name,
        run_id=RUN_ID,
        seed=run.seed,
        parameters=f"{CONFIG}/parameters.json" if step.searched else PARAMETERS_FILE,
    )
    if run.built_in is not None:
        contracted[contract.ARTIFACTS] = str(context.store.uri)
    if step.reads_trials:
        contracted[contract.TRIALS] = CONFIG
    return {**defaults, **given, **contracted, **files, **fixed, **step.variables}


def _settings(step: Step, trials: str | None) -> list[models.EnvVar]:
    """Variables from ConfigMaps: what changes without the template, and the values of a trial."""
    optional = [_setting(name, config, key, optional=True) for name, (config, key) in step.settings.items()]
    searched = [
        _setting(contract.parameter_variable(name), trials, f"{TRIAL}.{name}") for name in step.searched if trials
    ]
    return optional + searched


def _setting(name: str, config: str, key: str, *, optional: bool | None = None) -> models.EnvVar:
    reference = models.ConfigMapKeySelector(name=config, key=key, optional=optional)
    return models.EnvVar(name=name, value_from=models.EnvVarSource(config_map_key_ref=reference))


def _secrets(context: Context, step: Step) -> list[models.EnvVar]:
    """Variables from Secrets: the user's, and the store's credentials where the command needs them."""
    needed = {**(context.store.credentials if step.uses_store else {}), **step.run.secrets}
    return [
        models.EnvVar(
            name=name,
            value_from=models.EnvVarSource(secret_key_ref=models.SecretKeySelector(name=secret, key=key)),
        )
        for name, (secret, key) in needed.items()
        if name not in step.run.env
    ]


def champion_settings(context: Context) -> dict[str, tuple[str, str]]:
    """The variables by which a step knows the version that is served; unset before the first one."""
    name = conventions.champion(context.name)
    return {variable: (name, key) for key, variable in contract.CHAMPION.items()}
