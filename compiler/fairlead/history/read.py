"""From a repository and a pipeline to its history."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from fairlead.git.log import Made, branch, made, merged, steps
from fairlead.git.repository import Repository
from fairlead.history import codes
from fairlead.history.files import Moment, Objects, find_file, lock_of, moments, output_of
from fairlead.history.locks import between, version_of
from fairlead.history.model import CLAIMS, Entry, Happening, History, Kind, Period
from fairlead.history.specs import changes, gates_of
from fairlead.project.lock import Lock
from fairlead.source.diagnostics import Diagnostic, Refused
from fairlead.source.places import Place
from fairlead.spec.validate import validated

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?")


@dataclass
class _Told:
    """What is known of the pipeline on the way from its first commit to its last."""

    objects: Objects
    times: dict[str, Made]
    locks: dict[str, Lock | None] = field(default_factory=dict)
    """The newest lock of each environment that could be read."""
    gates: tuple[str, ...] | None = None
    periods: list[Period] = field(default_factory=list)

    def moment(self, moment: Moment, *, cut: bool) -> Iterator[Happening]:
        """What a commit did; for the one where a shallow clone ends, what was there."""
        if cut:
            message = "this clone begins here: all of this was so already, and since when it does not know"
            yield Happening(Kind.KNOWN_FROM, message)
        else:
            yield from changes(self.objects, moment)
        if moment.spec is not None:
            self.gates = gates_of(self.objects, moment.spec.after)
        for environment, change in moment.locks:
            lock, reason = self._lock(change.after)
            if reason is not None:
                message = f"the lock can't be read in this commit: {reason}"
                yield Happening(Kind.UNREADABLE, message, environment)
                continue
            for happening in between(self.locks.get(environment), lock, environment, self.gates):
                if cut and happening.kind is Kind.SERVES and happening.version is not None:
                    message = f"version {happening.version.version} is served already"
                    happening = replace(happening, message=message)
                yield happening
            self._period(environment, lock, moment.step.commit, cut=cut)
            self.locks[environment] = lock

    def _period(self, environment: str, lock: Lock | None, commit: str, *, cut: bool) -> None:
        before = self.locks.get(environment)
        was, now = before.model if before else None, lock.model if lock else None
        if was is not None and now is not None and (was.version, was.digest) == (now.version, now.digest):
            return
        time = self.times[commit].committed
        for position, period in enumerate(self.periods):
            if period.environment == environment and period.ended is None:
                self.periods[position] = replace(period, until=time, ended=commit)
        if now is not None and lock is not None:
            version = version_of(now, lock, self.gates)
            self.periods.append(Period(environment, version, None if cut else time, None if cut else commit))

    def _lock(self, name: str | None) -> tuple[Lock | None, str | None]:
        """The lock in an object, or why it can't be read."""
        if name is None:
            return None, None
        root = self.objects.root(name)
        if root is None:
            return None, self.objects.lost.get(name, "it is empty")
        lock, found = validated(Lock, root)
        return lock, None if lock is not None else f"line {found[0].place.line}: {found[0].message}"


def history(
    root: Path,
    given: str,
    path: str,
    *,
    environment: str | None = None,
    since: str | None = None,
    head: str = "HEAD",
) -> History:
    """The history of the pipeline that is meant by a name or a path. Raises Refused where Git can't say.

    `since` is a date or a revision: what came later, or what the branch has and the revision has not.
    """
    repository = Repository(root)
    newest = repository.commit(head)
    objects = Objects(repository)
    output = output_of(objects, newest)
    all_steps = steps(repository, newest, [":(glob)**/*.yaml", ":(glob)**/*.yml", f":(exclude,literal){output}"])
    file = find_file(objects, newest, all_steps, output, given, path)
    if file is None:
        raise _unknown(given, repository)
    chain = branch(repository, newest)
    end = chain[0] if repository.is_cut(chain[0]) else None
    found = moments(objects, all_steps, file)
    objects.fetch(
        name
        for moment in found
        for change in (moment.spec, *(change for _, change in moment.locks))
        if change is not None
        for name in (change.before, change.after)
        if name is not None
    )
    about = made(repository, (moment.step.commit for moment in found))
    told = _Told(objects, about)
    entries = []
    for moment in found:
        cut = moment.step.commit == end
        happened = tuple(told.moment(moment, cut=cut))
        if happened:
            brought, lost = ([], False) if cut else _brought(repository, about[moment.step.commit], moment)
            if lost:
                happened = (*happened, _unmerged(about[moment.step.commit]))
            entries.append(Entry(about[moment.step.commit], happened, tuple(brought)))
    kept, periods, notes = _chosen(repository, newest, entries, told.periods, environment, since)
    name = next((text for moment in reversed(found) if (text := _name(objects, moment))), given)
    notes = [*_limits(repository, file, end, environment, told, head), *notes]
    return History(name, file, newest, tuple(kept), tuple(periods), (CLAIMS, *notes))


def _name(objects: Objects, moment: Moment) -> str | None:
    if moment.spec is None:
        return None
    return objects.text(moment.spec.after or moment.spec.before, "metadata", "name")


def _brought(repository: Repository, merge: Made, moment: Moment) -> tuple[list[Made], bool]:
    """The commits that a merge brought, and whether they are beyond what this clone has."""
    try:
        names = merged(repository, merge, moment.paths)
        people = made(repository, names)
    except Refused:
        return [], True
    return [people[name] for name in names if name in people], False


def _unmerged(merge: Made) -> Happening:
    message = f"what {merge.commit[:12]} merged is not in this clone, so who wrote it is not known here"
    return Happening(Kind.UNREADABLE, message)


def _chosen(
    repository: Repository,
    head: str,
    entries: Sequence[Entry],
    periods: Sequence[Period],
    environment: str | None,
    since: str | None,
) -> tuple[list[Entry], list[Period], list[str]]:
    """What was asked for, and what is said about the rest."""
    if environment is not None:
        entries = [
            replace(entry, happenings=own)
            for entry in entries
            if (own := tuple(each for each in entry.happenings if each.environment in (None, environment)))
        ]
        periods = [period for period in periods if period.environment == environment]
    if since is None:
        return list(entries), list(periods), []
    if _DATE.fullmatch(since):
        start = since if len(since) > 10 else f"{since}T00:00:00Z"
        late = {entry.made.commit for entry in entries if entry.made.committed >= start.removesuffix("Z")}
        what = "by the times that the commits claim"
    else:
        late = set(branch(repository, head, repository.commit(since)))
        what = f"by what {since} has not"
    kept = [entry for entry in entries if entry.made.commit in late]
    # A period that had begun before goes on into what is shown.
    shown = [period for period in periods if period.ended is None or period.ended in late]
    left = len(entries) - len(kept)
    return (
        kept,
        shown,
        [f"{left} earlier {'commit is' if left == 1 else 'commits are'} left out, {what}"] if left else [],
    )


def _limits(
    repository: Repository, file: str, end: str | None, environment: str | None, told: _Told, head: str
) -> Iterator[str]:
    if end is not None:
        yield f"this clone is shallow and ends at {end[:12]}: `git fetch --unshallow` brings what was before"
    elif repository.is_shallow:
        yield "this clone is shallow: commits that merges brought may be missing"
    if environment is not None and environment not in told.locks:
        known = ", ".join(sorted(told.locks)) or "none"
        yield f"no commit has a lock for {environment}; environments with one: {known}"
    if head == "HEAD":
        own = {file, *(lock_of(file, each) for each in told.locks)}
        if dirty := [path for path in repository.changed() if path in own]:
            yield f"changes that are in no commit are left out: {', '.join(dirty)}"


def _unknown(given: str, repository: Repository) -> Refused:
    message = f"no commit of this branch has a pipeline or a specification `{given}`"
    help_ = "name the file or the pipeline, as `fairlead graph` shows it"
    if repository.is_shallow:
        help_ = "this clone is shallow: `git fetch --unshallow` brings earlier commits"
    return Refused([Diagnostic(codes.UNKNOWN_PIPELINE, Place.start_of("fairlead.yaml"), message, help_)])
