"""Object stores and files behind one door: fsspec, with errors that name the address and the way out.

Credentials and endpoints come from where each store's own tools look for them, which is what a Pod's cloud identity and
the variables AWS_REGION and AWS_ENDPOINT_URL of the compiled workflow set.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from urllib.parse import unquote, urlsplit

from fairlead.remote.contents import CHUNK, Entry, Manifest, hashed
from fairlead.remote.failures import Missing, RemoteFailure

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

PACKAGES: Final = {
    "s3": "s3fs",
    "gs": "gcsfs",
    "abfs": "adlfs",
    "hf": "huggingface_hub",
    "https": "aiohttp",
    "http": "aiohttp",
}
"""What fsspec needs for a scheme besides itself."""

TRANSFERS: Final = 8
"""How many objects are read or written at a time."""


@dataclass(frozen=True, slots=True)
class Listed:
    """An object as a listing tells it: its path below the address, its size in bytes, what changes when it is written
    again, and when it was written, where the store says.
    """

    path: str
    size: int
    version: str
    modified: datetime | None

    @classmethod
    def of(cls, path: str, details: Mapping[str, Any]) -> Listed:
        """From what fsspec says; every store has names of its own."""
        said = next((details[name] for name in _TIMES if details.get(name)), None)
        if isinstance(said, int | float):
            modified: datetime | None = datetime.fromtimestamp(said, UTC)
        elif isinstance(said, str):
            modified = datetime.fromisoformat(said)
        else:
            modified = said
        if modified is not None and modified.tzinfo is None:
            modified = modified.replace(tzinfo=UTC)
        version = next((str(details[name]) for name in _VERSIONS if details.get(name)), str(said))
        return cls(path, int(details.get("size") or 0), version, modified)


_TIMES: Final = ("LastModified", "last_modified", "updated", "mtime")
_VERSIONS: Final = ("ETag", "etag", "content_md5", "md5Hash", "crc32c")


class Store:
    """An address and everything below it.

    `uri` is `s3://bucket/prefix/`, `file:///path`, or the like; with a slash at the end it is a folder and never an
    object. Raises RemoteFailure for a scheme that is not known, or that needs a package that is not installed.
    """

    def __init__(self, uri: str) -> None:
        import fsspec

        self.uri = uri
        scheme = urlsplit(uri).scheme
        self.local = scheme == "file"
        try:
            if self.local:
                self.filesystem: AbstractFileSystem = fsspec.filesystem("file")
                self.root = unquote(urlsplit(uri).path)
            else:
                self.filesystem, self.root = fsspec.core.url_to_fs(uri)
        except ImportError as error:
            package = PACKAGES.get(scheme, scheme)
            raise RemoteFailure(
                f"{uri} can't be reached, because the package {package} is not installed", f"install {package}"
            ) from error
        except ValueError as error:
            raise RemoteFailure(
                f"{uri} is no address that can be reached: {error}", "use s3, gs, abfs, https, hf or file"
            ) from error
        self.root = self.root.rstrip("/") or "/"

    def paths(self) -> list[str]:
        """The objects below the address, by their paths relative to it, in order; `""` where it is an object itself.

        Raises Missing where there is nothing, because an empty dataset is never what was meant.
        """
        with _reading(self.uri):
            self.filesystem.invalidate_cache()
            if not self.uri.endswith("/") and self.filesystem.isfile(self.root):
                return [""]
            found = [str(path) for path in self.filesystem.find(self.root)]
        base = self.root.rstrip("/") + "/"
        # A store's console makes a folder by an empty object whose name ends with a slash.
        paths = sorted(path.removeprefix(base) for path in found if path.startswith(base) and not path.endswith("/"))
        if not paths:
            raise Missing(
                f"there is nothing at {self.uri}", "check the address, and that what is below it may be listed"
            )
        for path in paths:
            if path.startswith("/") or ".." in path.split("/"):
                message = f"the object {path!r} below {self.uri} has a name that leads elsewhere"
                raise RemoteFailure(message, "rename it")
        return paths

    def objects(self) -> list[Listed]:
        """The objects as a listing tells them, in the order of their paths. Raises as `paths`."""
        with _reading(self.uri):
            paths = self.paths()
            if paths == [""]:
                details = {self.root: self.filesystem.info(self.root)}
            else:
                details = self.filesystem.find(self.root, detail=True)
        return [Listed.of(path, details[self._at(path)]) for path in paths]

    def look(self) -> str:
        """A digest of the listing: it changes when an object is added, removed or written again. Raises as `paths`."""
        lines = "".join(f"{each.path}\0{each.size}\0{each.version}\n" for each in self.objects())
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()

    def manifest(self) -> Manifest:
        """The manifest of everything below the address; every object is read for it. Raises as `paths`."""
        return self._manifest(None)

    def download(self, into: Path) -> Manifest:
        """Copies everything below the address, and gives its manifest.

        An object becomes the file `into`; several become files in the folder `into`. Each is read once, so what is
        hashed is what is copied. Raises as `paths`, and OSError where `into` can't be written.
        """
        return self._manifest(into)

    def read(self, path: str = "") -> bytes:
        """The bytes of one object. Raises Missing where there is none, RemoteFailure where it can't be read."""
        with self._open(path) as stream:
            return stream.read()

    def stream(self) -> BinaryIO:
        """The object at the address itself, open for reading. Raises as `read`; what goes wrong later is the store
        library's own error.
        """
        with _reading(self.uri):
            opened: BinaryIO = self.filesystem.open(self.root, "rb")
            return opened

    def write(self, path: str, data: bytes) -> None:
        """Writes one object, whole or not at all. Raises RemoteFailure where it can't be written."""
        with _writing(self._named(path)):
            if not self.local:
                self.filesystem.pipe_file(self._at(path), data)
                return
            with _whole(Path(self._at(path))) as stream:
                stream.write(data)

    def upload(self, source: Path, path: str = "") -> None:
        """Copies a file of this machine to an object, or everything in a folder below a path, each object whole or not
        at all. Raises RemoteFailure where something can't be written.
        """
        if not source.is_dir():
            self._upload(source, path)
            return
        files = sorted(file for file in source.rglob("*") if not file.is_dir())
        names = [f"{path}/{file.relative_to(source).as_posix()}".lstrip("/") for file in files]
        with ThreadPoolExecutor(TRANSFERS) as pool:
            list(pool.map(self._upload, files, names))

    def exists(self, path: str = "") -> bool:
        """Whether there is an object, or anything below a folder. Raises RemoteFailure where that can't be said."""
        with _reading(self._named(path)):
            self.filesystem.invalidate_cache()
            return bool(self.filesystem.exists(self._at(path)))

    def at(self, path: str) -> Store:
        """The store of an address below this one."""
        return Store(self._named(path))

    def _manifest(self, into: Path | None) -> Manifest:
        def entry(path: str) -> Entry:
            name = path or PurePosixPath(self.root).name
            with self._open(path) as stream:
                if into is None:
                    return Entry(name, *hashed(stream))
                return Entry(name, *_copied(stream, into / path if path else into))

        with ThreadPoolExecutor(TRANSFERS) as pool:
            return Manifest.of(pool.map(entry, self.paths()))

    @contextmanager
    def _open(self, path: str) -> Iterator[BinaryIO]:
        """One object as a stream; what goes wrong while it is read is translated too."""
        with _reading(self._named(path)), self.filesystem.open(self._at(path), "rb") as stream:
            yield stream

    def _upload(self, source: Path, path: str) -> None:
        with _writing(self._named(path)):
            if not self.local:
                self.filesystem.put_file(str(source), self._at(path))
                return
            with source.open("rb") as stream, _whole(Path(self._at(path))) as target:
                while chunk := stream.read(CHUNK):
                    target.write(chunk)

    def _at(self, path: str) -> str:
        return f"{self.root.rstrip('/')}/{path}" if path else self.root

    def _named(self, path: str) -> str:
        return f"{self.uri.rstrip('/')}/{path}" if path else self.uri


def uri_of(path: Path) -> str:
    """The `file` URI of a path on this machine, with what URIs give a meaning to escaped."""
    return path.absolute().as_uri()


@contextmanager
def _reading(uri: str) -> Iterator[None]:
    with _translated(uri, "read"):
        yield


@contextmanager
def _writing(uri: str) -> Iterator[None]:
    with _translated(uri, "written"):
        yield


@contextmanager
def _translated(uri: str, verb: str) -> Iterator[None]:
    """Turns what a store's library raises into a RemoteFailure that names the address."""
    try:
        yield
    except (RemoteFailure, MemoryError):
        raise
    except FileNotFoundError as error:
        raise Missing(f"{uri} can't be {verb}: there is no such object", "check the address") from error
    except PermissionError as error:
        message = f"{uri} can't be {verb}: it is refused ({error})"
        raise RemoteFailure(message, "give the step's service account the right, or set the store's credentials") from (
            error
        )
    except Exception as error:  # every store's library has errors of its own, without a common base
        message = f"{uri} can't be {verb}: {type(error).__name__}: {error}"
        raise RemoteFailure(message, "check that the store answers, and AWS_ENDPOINT_URL where it is not AWS's") from (
            error
        )


@contextmanager
def _whole(target: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name once everything is in it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield stream
        Path(name).chmod(0o644)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _copied(stream: BinaryIO, target: Path) -> tuple[int, str]:
    """Copies what a stream has to a file, and gives its size and SHA-256."""
    digest, size = hashlib.sha256(), 0
    with _filling(target) as file:
        while chunk := stream.read(CHUNK):
            try:
                file.write(chunk)
            except OSError as error:
                raise _unwritten(target, error) from error
            digest.update(chunk)
            size += len(chunk)
    return size, digest.hexdigest()


def _filling(target: Path) -> BinaryIO:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return target.open("wb")
    except OSError as error:
        raise _unwritten(target, error) from error


def _unwritten(target: Path, error: OSError) -> RemoteFailure:
    return RemoteFailure(f"{target} can't be written: {error.strerror}", "make room, or ask for more disk")
