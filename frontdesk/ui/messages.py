"""Errors and problems in words: template by code, translated, with its parameters in the person's locale."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QCoreApplication

from frontdesk.errors import FrontdeskError, InvalidDraft, Problem
from frontdesk.ui.formats import Formats


class Messages:
    """Wording of what services raise; each text names the cause and the next step (U6)."""

    def __init__(self, formats: Formats) -> None:
        self._formats = formats

    def error(self, error: FrontdeskError) -> str:
        """The sentence for an error. A draft's problems are told one per line."""
        if isinstance(error, InvalidDraft) and error.problems:
            return "\n".join(self.problem(problem) for problem in error.problems)
        return self.text(error.code, error.params)

    def problem(self, problem: Problem) -> str:
        """The sentence that stands beside a field."""
        return self.text(problem.code, problem.params)

    def text(self, code: str, params: Mapping[str, Any]) -> str:
        """The translated template of a code with its parameters filled in; the code itself if it has none."""
        # Late, since start-up shows no message.
        from frontdesk.messages import fill, template

        english = template(code)
        if english is None:
            told = ", ".join(f"{name}: {self._formats.value(value)}" for name, value in params.items())
            return f"{code} ({told})" if told else code
        shown = {name: self._formats.value(value) for name, value in params.items()}
        return fill(QCoreApplication.translate("messages", english), shown)
