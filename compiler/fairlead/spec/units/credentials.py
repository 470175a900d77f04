"""Credentials in addresses."""

from __future__ import annotations

import re
from typing import Final

from fairlead.source.diagnostics import Code
from fairlead.spec.secrets import looks_like_secret
from fairlead.spec.units.base import UnitError

CREDENTIALS = Code(
    "FL1242",
    "credentials in an address",
    """
    The address carries a user, a password or a signature. It would stand in Git, in manifests, in logs and in the
    cluster's API for all to read. Treat it as leaked: revoke it, then give the step a ServiceAccount or a Secret that
    may read the data.

    ```yaml
    uri: https://reader:hunter2@data.acme.example/outcomes.csv      # FL1242
    ```

    Mended:

    ```yaml
    uri: https://data.acme.example/outcomes.csv
    ```

    A signed URL (`X-Amz-Signature`, `sig`) is a credential as well, and it expires.
    """,
    shows_source=False,
)

# A file has no authority: what follows its three slashes is a folder.
_AUTHORITY = re.compile(r"(?!file:///)[A-Za-z][A-Za-z0-9+.-]*:/*(?P<authority>[^/?#]*)")
_CREDENTIAL_PARAMETER: Final = re.compile(
    r"[?&#](?P<name>x-amz-[a-z-]+|x-goog-[a-z-]+|awsaccesskeyid|googleaccessid|signature|sig|sas|token|access_token|auth_token|id_token"
    r"|api_?key|secret|client_secret|password|passwd|pwd)=[^&#]+",
    re.IGNORECASE,
)
_HELP: Final = "revoke it, and let a ServiceAccount or a Secret of the cluster give access"


def refuse_credentials(text: str, *, accounts: bool) -> None:
    """Raises UnitError for FL1242 where the address `text` carries credentials; the message never repeats them.

    With `accounts`, what stands before the `@` is a container of an Azure account and no user.
    """
    form = _AUTHORITY.match(text)
    user, at, _ = form["authority"].rpartition("@") if form else ("", "", "")
    if form and at and (not accounts or ":" in user):
        what = "a password" if ":" in user else "a user"
        raise UnitError(CREDENTIALS, f"the address carries {what}", _HELP, form.start("authority"), len(user))
    parameter = _CREDENTIAL_PARAMETER.search(text)
    if parameter:
        message = f"the address carries a credential, in its parameter `{parameter['name']}`"
        raise UnitError(CREDENTIALS, message, _HELP, parameter.start("name"), parameter.end() - parameter.start("name"))
    reason = looks_like_secret(text)
    if reason:
        raise UnitError(CREDENTIALS, f"the address carries what looks like {reason}", _HELP)
