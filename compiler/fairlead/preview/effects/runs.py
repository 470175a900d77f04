"""What a command runs in and with: image, command, parameters, variables, secrets and hardware."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairlead.plan.hardware import chosen_path
from fairlead.plan.nodes import Image, Node, Run, Serve
from fairlead.preview.effects.pair import Both, arrow, mapping_changes, said
from fairlead.preview.model import Effect, Severity
from fairlead.project.usage import last_used
from fairlead.spec.hardware import Profile, Toleration

_MORE_IS_SAFER = ("cpu", "memory", "disk", "shm")
KILLED = ("a container that reaches its limit is killed, and its step fails as often as it is tried",)
_PLACEMENT = ("nodes", "tolerations", "queue", "priority")


def image_change(before: Image, after: Image) -> tuple[str, str] | None:
    """What differs between two images, as `digest`, `code` or `image`, and in words; None where nothing does."""
    if before == after:
        return None
    if before.repository != after.repository:
        return "image", arrow(before.reference, after.reference)
    if before.digest is None or after.digest is None:
        return "image", arrow(_short(before), _short(after))
    if before.tree and after.tree and before.tree != after.tree:
        trees = arrow(before.tree[:12], after.tree[:12])
        return "code", f"{trees} (image {arrow(_digest(before), _digest(after))})"
    if before.digest == after.digest:
        return "digest", f"{_digest(after)}, built from {said(after.tree)}"
    return "digest", arrow(_digest(before), _digest(after))


def _image_effect(pair: Both, node: Node, before: Run, after: Run, what: str, *, learns: bool) -> Iterator[Effect]:
    changed = image_change(before.image, after.image)
    if changed is None:
        return
    sort, text = changed
    if sort == "digest" or not learns or before.built_in is not None:
        word = "image digest only" if sort == "digest" else sort
        again = ("steps that have run run again, for they are remembered by the digests of their images",)
        yield pair.effect(Severity.BEHAVIOUR, "image", f"{what}: {word}: {text}", node.path, node.id, again)
        return
    message = f"the code of {what} changed: {text}" if sort == "code" else f"{what} runs in another image: {text}"
    yield pair.effect(Severity.BEHAVIOUR, "retrains", f"retrains: {message}", node.path, node.id)


def _short(image: Image) -> str:
    return _digest(image) if image.digest else f"{image.reference} (no digest)"


def _digest(image: Image) -> str:
    return (image.digest or "").removeprefix("sha256:")[:12]


def run_effects(pair: Both, before: Node, after: Node, what: str, *, learns: bool) -> Iterator[Effect]:
    """What differs between the commands of two nodes. `learns` says that the model depends on their outcome."""
    one, other = before.run, after.run
    if one is None or other is None:
        return
    yield from command_effects(pair, after, one, other, what, learns=learns)


def command_effects(pair: Both, node: Node, before: Run, after: Run, what: str, *, learns: bool) -> Iterator[Effect]:
    """What differs between two commands."""
    path = node.path
    kind, prefix = ("retrains", "retrains: ") if learns else ("step", "")
    yield from _image_effect(pair, node, before, after, what, learns=learns)
    if before.command != after.command:
        message = f"{prefix}the command of {what} is {arrow(' '.join(before.command), ' '.join(after.command))}"
        yield pair.effect(Severity.BEHAVIOUR, kind, message, (*path, "command"), node.id)
    if before.built_in is None or learns:
        for name, key, old, new in (
            ("parameters", "parameters", before.parameters, after.parameters),
            ("variables", "env", before.env, after.env),
        ):
            differ = mapping_changes(old, new)
            if differ and not (name == "parameters" and before.built_in is not None):
                message = f"{prefix}the {name} of {what} changed: {', '.join(differ)}"
                yield pair.effect(Severity.BEHAVIOUR, kind, message, (*path, key), node.id, tuple(differ))
    if before.seed != after.seed:
        message = f"{prefix}the seed of {what} is {arrow(before.seed, after.seed)}"
        yield pair.effect(Severity.BEHAVIOUR, kind, message, (*path, "seed"), node.id)
    yield from secret_effects(pair, node, before.secrets, after.secrets, what)
    yield from hardware_effects(pair, node, before.hardware, after.hardware, what)
    for name, was, now in (
        ("timeout", before.timeout, after.timeout),
        ("retries", before.retries, after.retries),
        ("cache", before.cache, after.cache),
        ("service account", before.service_account, after.service_account),
    ):
        if was != now:
            severity = Severity.RISK if name == "service account" else Severity.BEHAVIOUR
            where = (*path, name.replace(" ", "_"))
            yield pair.effect(severity, "step", f"{what}: {name} {arrow(was, now)}", where, node.id)


def secret_effects(
    pair: Both, node: Node, before: Mapping[str, tuple[str, str]], after: Mapping[str, tuple[str, str]], what: str
) -> Iterator[Effect]:
    """Secrets that something reads now, or no longer, or from another place. Only references are ever known."""
    for name in sorted({*before, *after}):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        path = ("serving", "secrets", name) if isinstance(node, Serve) else (*node.path, "secrets", name)
        if was is None and now is not None:
            message, severity = f"{what} reads the secret {'/'.join(now)}, as {name}", Severity.RISK
        elif now is None:
            message, severity = f"{what} no longer reads {name} from a secret", Severity.BEHAVIOUR
        else:
            message = f"{what} reads {name} from another secret: {arrow('/'.join(was or ()), '/'.join(now))}"
            severity = Severity.RISK
        yield pair.effect(severity, "secrets", message, path, node.id, gone=now is None)


def hardware_effects(pair: Both, node: Node, before: Profile, after: Profile, what: str) -> Iterator[Effect]:
    """What one container gets. Less memory is a risk: what needed it is killed."""
    if before == after:
        return
    path = chosen_path(pair.after.unit, node)
    if path == node.path:
        # Where head chooses none any more, it is what base chose that is gone.
        path = chosen_path(pair.before.unit, node)
    used = last_used(pair.after.unit.lock, node.id)
    for name in _MORE_IS_SAFER:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            less = name != "cpu" and was is not None and (now is not None and now < was)
            unit = "limit" if name in ("cpu", "memory") else "size"
            message = f"{what}: {name} {unit} {arrow(was, now)}"
            why: tuple[str, ...] = ()
            if name == "memory" and used is not None and after.memory < used.usage.memory:
                # Also where it grows, and not enough.
                message += f", below the {used.sentence}"
                why, less = KILLED, True
            yield pair.effect(Severity.RISK if less else Severity.BEHAVIOUR, "hardware", message, path, node.id, why)
    if before.gpu != after.gpu:
        message = f"{what}: accelerators {arrow(_gpu(before), _gpu(after))}"
        less = before.gpu is not None and (after.gpu is None or after.gpu.count < before.gpu.count)
        yield pair.effect(Severity.RISK if less else Severity.BEHAVIOUR, "hardware", message, path, node.id)
    if before.spot != after.spot:
        message = f"{what}: {'runs on nodes that may vanish' if after.spot else 'runs on nodes that stay'}"
        severity = Severity.RISK if after.spot and isinstance(node, Serve) else Severity.BEHAVIOUR
        yield pair.effect(severity, "hardware", message, path, node.id)
    for name in _PLACEMENT:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            shown = arrow(_placed(was), _placed(now))
            yield pair.effect(Severity.BEHAVIOUR, "hardware", f"{what}: {name} {shown}", path, node.id)
    if before.price != after.price:
        message = f"{what}: price {arrow(before.price, after.price)}"
        yield pair.effect(Severity.NOTICE, "price", message, path, node.id)


def _gpu(profile: Profile) -> str | None:
    return f"{profile.gpu.count} {profile.gpu.resource}" if profile.gpu else None


def _placed(value: object) -> object:
    if isinstance(value, tuple):
        return [_taint(item) if isinstance(item, Toleration) else item for item in value]
    return value


def _taint(toleration: Toleration) -> str:
    """As kubectl writes a taint: `key=value:Effect`."""
    value = f"={toleration.value}" if toleration.value is not None else ""
    return f"{toleration.key}{value}" + (f":{toleration.effect}" if toleration.effect is not None else "")
