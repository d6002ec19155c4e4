"""Form fields as a region checks them: which text each wrong value gets, and which words mean what.

An absent field keeps the current value (or the default); most fields are cleared by an empty one.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection, Iterable

from .call import Data
from .errors import FieldErrors, Fields

REQUIRED = "This field is required."
NO_CHOICE = "Select a valid choice. That choice is not one of the available choices."
_TRUE = {"true", "on", "1", "yes"}
_MAC = re.compile(r"([0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2}|([0-9a-f]{3,4}\.){2}[0-9a-f]{3,4}", re.IGNORECASE)


class Form:
    """Reads fields of one request and collects what is wrong with them; `check` raises all of it at once."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.errors: Fields = {}

    def __contains__(self, field: str) -> bool:
        return field in self.data

    def error(self, field: str, text: str) -> None:
        """Notes that a field does not hold."""
        self.errors.setdefault(field, []).append(text)

    def check(self) -> None:
        """Raises FieldErrors when anything is wrong."""
        if self.errors:
            raise FieldErrors(self.errors)

    def raw(self, field: str) -> str | None:
        """The last value given for a field, blanks stripped; None when it isn't given."""
        values = self.data.get(field)
        return values[-1].strip() if values else None

    def text(self, field: str, current: str = "", *, required: bool = False) -> str:
        """A text; with `required`, it may not be empty."""
        given = self.raw(field)
        if given is None:
            given = current
        if required and not given:
            self.error(field, REQUIRED)
        return given

    def kept(self, field: str, current: str) -> str:
        """A text that an empty value does not clear."""
        return self.raw(field) or current

    def boolean(self, field: str, current: bool = False) -> bool:
        """A flag. Words other than the ones for "no" are true; "0" is one of those."""
        given = self.raw(field)
        return current if given is None else given.lower() not in {"false", "", "off", "no", "f", "n"}

    def strict_boolean(self, field: str, current: bool = False) -> bool:
        """A flag of a query: only the words for "yes" are true."""
        given = self.raw(field)
        return current if given is None else given.lower() in _TRUE

    def integer(self, field: str, current: int | None = None, *, low: int | None = None, high: int | None = None) -> int | None:
        """A whole number; empty clears."""
        given = self.raw(field)
        if given is None:
            return current
        if given == "":
            return None
        if not re.fullmatch(r"-?\d+", given):
            self.error(field, "Enter a whole number.")
            return current
        number = int(given)
        if low is not None and number < low:
            self.error(field, f"Ensure this value is greater than or equal to {low}.")
        if high is not None and number > high:
            self.error(field, f"Ensure this value is less than or equal to {high}.")
        return number

    def choice(self, field: str, current: str, choices: Collection[str], *, required: bool = False) -> str:
        """One of a list."""
        given = self.raw(field)
        if given is None or given == "":
            if required and not current:
                self.error(field, REQUIRED)
            return current
        if given not in choices:
            self.error(field, f"Select a valid choice. {given} is not one of the available choices.")
        return given

    def listed_choice(self, field: str, current: str, choices: Iterable[str]) -> str:
        """One of a list that the error names, in any case."""
        given = self.raw(field)
        allowed = list(choices)
        if given is not None and given.lower() not in allowed:
            quoted = ", ".join(f"'{choice}'" for choice in allowed)
            self.error(field, f"'{given}' is not a valid {field}.  It should be one of: {quoted}.")
        return current if given is None else given.lower()

    def many(self, field: str, current: list[str] | None = None, separators: str = ",") -> list[str]:
        """Several values: a repeated field, or one value with separators."""
        if field not in self.data:
            return list(current or [])
        parts = [part.strip() for value in self.data[field] for part in re.split(f"[{separators}]", value)]
        return [part for part in parts if part]

    def mac(self, field: str, current: str = "", *, required: bool = False) -> str:
        """A MAC address, made lower case with colons."""
        given = self.text(field, current, required=required)
        if given and not valid_mac(given):
            self.error(field, f"'{given}' is not a valid MAC address.")
        return normal_mac(given)

    def address(self, field: str, current: str | None = None, *, required: bool = False) -> str | None:
        """An IP address; empty clears."""
        given = self.raw(field)
        if given is None:
            if required and current is None:
                self.error(field, REQUIRED)
            return current
        if given == "":
            if required:
                self.error(field, REQUIRED)
            return None
        if not valid_ip(given):
            self.error(field, "Enter a valid IPv4 or IPv6 address.")
        return given


def valid_ip(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def valid_mac(text: str) -> bool:
    """Whether this is a MAC address in one of the usual forms."""
    return bool(_MAC.fullmatch(text))


def normal_mac(text: str) -> str:
    """A MAC address in lower case with colons."""
    if "." in text:
        digits = "".join(part.zfill(4) for part in text.split("."))
        return ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)).lower()
    return ":".join(part.zfill(2) for part in re.split("[:-]", text)).lower() if text else ""
