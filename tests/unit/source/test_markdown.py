"""No text of a specification means anything to GitHub."""

from __future__ import annotations

import re

import pytest

from fairlead.source.markdown import code, fenced, html, inline

ZERO = "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("memory limit 4Gi -> 2Gi, roc_auc >= 0.95", "memory limit 4Gi -> 2Gi, roc_auc >= 0.95"),
        ("ask @acme/ml", f"ask @{ZERO}acme/ml"),
        ("closes #12 and GH-7", f"closes #{ZERO}12 and GH-{ZERO}7"),
        ("<img src=x>", r"\<img src=x>"),
        ("[x](http://evil.example)", r"\[x\](http\://evil.example)"),
        ("www.evil.example", r"www\.evil.example"),
        ("**b** _i_ ~~s~~ $m$", r"\*\*b\*\* \_i\_ \~\~s\~\~ \$m\$"),
        ("&lt;script&gt;", r"\&lt;script\&gt;"),
        ("# title\n\n- item", r"\# title - item"),
        ("1. item", r"1\. item"),
        ("a | b", r"a \| b"),
        ("runs at `0 4 * * 1`", "runs at `0 4 * * 1`"),
        ("an odd ` sign", r"an odd \` sign"),
        ("\x1b[31mred\u202e", r"\<U+001B>\[31mred\<U+202E>"),
    ],
)
def test_text_is_shown_and_does_nothing(text: str, written: str) -> None:
    assert inline(text) == written


def test_code_ends_where_it_should() -> None:
    assert code("a") == "`a`"
    assert code("a`b``c") == "```a`b``c```"
    assert code("`") == "`` ` ``"
    assert code("a\nb") == "`a b`"


@pytest.mark.parametrize("text", ["```", "a\n````diff\nb", "~~~", "`" * 50, "</details>", ""])
def test_nothing_in_a_block_ends_it(text: str) -> None:
    lines = fenced(text, "diff").splitlines()
    assert lines[0].endswith("diff")
    fence = lines[0].removesuffix("diff")
    assert re.fullmatch("`{3,}", fence)
    assert lines[-1] == fence
    assert all(fence not in line for line in lines[1:-1])


def test_the_mark_of_a_comment_can_not_be_forged() -> None:
    for text in (fenced("<!-- fairlead:preview -->", "diff"), code("<!-- fairlead:preview -->"), inline("<!-- x -->")):
        assert "<!--" not in text.replace(r"\<", "")
    assert html("<!-- a & b --> @team") == f"&lt;!-- a &amp; b --&gt; @{ZERO}team"
