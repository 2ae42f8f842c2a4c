"""Expands one word of a shell script: quotes, variables and substitutions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from ourhalf.readers.shell.holes import Holes, only_unknown
from ourhalf.readers.shell.variables import Value, Variables

MAX_DEPTH = 6
MAX_NESTING = 20
MAX_GROWTH = 4 * 1024 * 1024
MAX_FIELDS = 20_000

_PLAIN = re.compile(r"[^ \t\r\n\\'\"$`;&|()<>]+")
_QUOTED = re.compile(r"[^\\\"$`]+")
_ALTERNATIVE = re.compile(r"[^\\\"'$`}]+")
_NAME = re.compile(r"[A-Za-z_]\w*")
_KEYWORD = re.compile(r"[A-Za-z_!]\w*(?=[\s;&|()<>]|$)|[{}](?=[\s;&|)]|$)")
_BRACED = re.compile(r"(?P<name>[A-Za-z_]\w*)(?P<index>\[[@*]\])?(?P<operator>:?[-=?+])?")
_SPECIAL = "@*#?$!-0123456789"


class Word(NamedTuple):
    """A word with its line; `bare` where it is an unquoted unknown that may be several words."""

    text: str
    line: int
    bare: bool = False


class Reading:
    """A place in a text that moves forward, with the line it is on."""

    def __init__(self, text: str, line: int) -> None:
        self.text = text
        self.at = 0
        self._counted = 0
        self._line = line

    @property
    def done(self) -> bool:
        """Whether the text is at its end."""
        return self.at >= len(self.text)

    @property
    def char(self) -> str:
        """The next character, empty at the end."""
        return self.text[self.at : self.at + 1]

    @property
    def line(self) -> int:
        """The line of the next character."""
        if self.at > self._counted:
            self._line += self.text.count("\n", self._counted, self.at)
            self._counted = self.at
        return self._line

    def starts(self, text: str) -> bool:
        """Whether `text` is next."""
        return self.text.startswith(text, self.at)

    def match(self, pattern: re.Pattern[str]) -> str | None:
        """What `pattern` matches next, without moving."""
        found = pattern.match(self.text, self.at)
        return found[0] if found else None

    def skip(self, pattern: re.Pattern[str]) -> None:
        """Move past what `pattern` matches next."""
        found = pattern.match(self.text, self.at)
        if found:
            self.at = found.end()

    def keyword(self) -> str:
        """The plain word that is next; empty where it is something else."""
        return self.match(_KEYWORD) or ""

    def past(self, end: str, within_line: bool = False) -> None:
        """Move past the next `end`, or past the text where there is none."""
        found = self.text.find(end, self.at)
        if within_line:
            stop = self.text.find("\n", self.at)
            if found < 0 or 0 <= stop < found:
                return
        self.at = found + len(end) if found >= 0 else len(self.text)

    def to_line_end(self) -> None:
        """Move to the end of the line."""
        found = self.text.find("\n", self.at)
        self.at = found if found >= 0 else len(self.text)

    def take_line(self) -> str:
        """The rest of the line, moving past its end."""
        start = self.at
        self.to_line_end()
        line = self.text[start : self.at]
        self.at += 1
        return line


class Expander:
    """Reads words at the place of `reading`, and gives the text of substitutions to `nested`."""

    def __init__(
        self,
        reading: Reading,
        holes: Holes,
        variables: Variables,
        nested: Callable[[str, int], None],
        depth: int,
    ) -> None:
        self._reading = reading
        self._holes = holes
        self._variables = variables
        self._nested = nested
        self._depth = depth
        self._nesting = 0

    def word(self, assigned: bool = False) -> list[Word]:
        """The next word, which expands to none, one or several; to one where it is `assigned`."""
        reading = self._reading
        line = reading.line
        fields = [""]
        quoted = False
        while not reading.done:
            plain = reading.match(_PLAIN)
            if plain is not None:
                reading.at += len(plain)
                fields[-1] += plain
                continue
            char = reading.char
            if char == "\\":
                if reading.text[reading.at + 1 : reading.at + 2] != "\n":
                    fields[-1] += reading.text[reading.at + 1 : reading.at + 2]
                reading.at += 2
            elif char == "'":
                quoted = True
                fields[-1] += self._single()
            elif char == '"':
                quoted = True
                self._append(fields, self._double(), split=False)
            elif char == "$" and reading.starts("$'"):
                quoted = True
                reading.at += 1
                fields[-1] += self._single().replace("\\n", "\n").replace("\\t", "\t")
            elif char in "$`":
                self._append(fields, self._dollar(), split=not assigned)
            else:
                break
        bare = not quoted and len(fields) == 1 and only_unknown(fields[0])
        return [Word(field, line, bare) for field in fields if field or quoted or assigned]

    def delimiter(self) -> tuple[str, bool]:
        """The delimiter of a here document, and whether it is quoted."""
        reading = self._reading
        start = reading.at
        found = re.compile(r"""(?:\\.|'[^'\n]*'|"[^"\n]*"|[^\s;&|()<>])+""").match(reading.text, start)
        raw = found[0] if found else ""
        reading.at += len(raw)
        text = re.sub(r"['\"\\]", "", raw)
        return text, text != raw

    def document(self, body: str) -> str:
        """The body of a here document, expanded as in double quotes."""
        if "$" not in body and "`" not in body and "\\" not in body:
            return body
        inner = Expander(Reading(body, self._reading.line), self._holes, self._variables, self._nested, self._depth)
        return "".join(inner.quoted_text(end=""))

    def substitution(self) -> str:
        """Past the closing parenthesis of a substitution whose opening one was read."""
        reading = self._reading
        line, start = reading.line, reading.at
        depth = 1
        quote = ""
        while not reading.done and depth:
            char = reading.char
            reading.at += 2 if char == "\\" else 1
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "()":
                depth += 1 if char == "(" else -1
        inner = reading.text[start : reading.at - 1]
        if self._depth < MAX_DEPTH:
            self._nested(inner, line)
        shown = " ".join(inner.split())[:60]
        return self._holes.mark(f"the output of `{shown}` is known only when the script runs")

    def _append(self, fields: list[str], value: Value, split: bool) -> None:
        """Add the value of an expansion to the fields of a word, within bounds."""
        if self._holes.grown > MAX_GROWTH or len(fields) > MAX_FIELDS:
            fields[-1] += self._holes.mark("the script grows too large to follow")
            return
        if isinstance(value, str):
            self._holes.grown += len(value)
            if not split or not any(c in value for c in " \t\n"):
                fields[-1] += value
                return
            pieces = value.split()
            if value[:1].isspace():
                fields.append("")
            trailing = value[-1:].isspace()
        else:
            self._holes.grown += sum(map(len, value)) + len(value)
            pieces, trailing = list(value), False
        if pieces:
            fields[-1] += pieces[0]
            fields.extend(pieces[1:])
        if trailing:
            fields.append("")

    def _single(self) -> str:
        reading = self._reading
        start = reading.at + 1
        end = reading.text.find("'", start)
        end = len(reading.text) if end < 0 else end
        reading.at = end + 1
        return reading.text[start:end]

    def _double(self) -> tuple[str, ...]:
        self._reading.at += 1
        return self.quoted_text(end='"')

    def quoted_text(self, end: str) -> tuple[str, ...]:
        """The text up to `end`, a quote or brace; several texts where it holds all elements of an array."""
        reading = self._reading
        pattern = _ALTERNATIVE if end == "}" else _QUOTED
        fields = [""]
        while not reading.done:
            char = reading.char
            if char == end:
                reading.at += 1
                break
            if char == "\\":
                following = reading.text[reading.at + 1 : reading.at + 2]
                if following != "\n":
                    fields[-1] += following if following in '$`"\\' and following else char + following
                reading.at += 2
            elif char in "$`":
                self._append(fields, self._dollar(), split=False)
            elif end == "}" and char in "'\"":
                reading.at += 1
            else:
                plain = reading.match(pattern) or char
                reading.at += len(plain)
                fields[-1] += plain
        return tuple(fields)

    def _dollar(self) -> Value:
        """The value of the expansion that is next."""
        reading = self._reading
        if reading.char == "`":
            reading.at += 1
            line, start = reading.line, reading.at
            reading.past("`")
            inner = reading.text[start : reading.at - 1]
            if self._depth < MAX_DEPTH:
                self._nested(inner, line)
            return self._holes.mark(f"the output of `{inner[:60]}` is known only when the script runs")
        if reading.starts("$(("):
            reading.past("))")
            return self._holes.mark("a computed number is known only when the script runs")
        if reading.starts("$("):
            reading.at += 2
            return self.substitution()
        reading.at += 1
        if reading.starts("${"):  # how a template writes a `${` that is meant for the shell
            reading.at += 1
        if reading.char == "{":
            return self._braced()
        name = reading.match(_NAME)
        if name is not None:
            reading.at += len(name)
            return self._variable(name)
        if reading.char and reading.char in _SPECIAL:
            reading.at += 1
            return self._holes.mark("an argument of the script is known only when it runs")
        return "$"

    def _variable(self, name: str) -> Value:
        held = self._variables.get(name)
        if held is None:
            return self._holes.mark(f"${name} has no value in the script")
        return held[:1] and held[0] if isinstance(held, tuple) else held

    def _braced(self) -> Value:
        """A `${...}`: the name, a default, or something that only a shell can tell."""
        reading = self._reading
        reading.at += 1
        start = reading.at
        found = _BRACED.match(reading.text, start)
        if found is None or self._nesting > MAX_NESTING:
            return self._computed(start)
        reading.at = found.end()
        name, operator = found["name"], found["operator"] or ""
        held = self._variables.get(name)
        if not operator and reading.char == "}":
            reading.at += 1
            if found["index"] and isinstance(held, tuple):
                return held
            return self._variable(name)
        if not operator:
            return self._computed(start)
        self._nesting += 1
        alternative = "".join(self.quoted_text(end="}"))
        self._nesting -= 1
        return self._chosen(name, operator, held, alternative)

    def _chosen(self, name: str, operator: str, held: Value | None, alternative: str) -> Value:
        empty = held is None or (operator.startswith(":") and not held)
        if operator.endswith("+"):
            return "" if empty else alternative
        if not empty:
            assert held is not None  # noqa: S101 - for the type checker
            return held
        if operator.endswith("?"):
            return self._holes.mark(f"${name} has no value in the script")
        if operator.endswith("="):
            self._variables.set(name, alternative)
        return alternative

    def _computed(self, start: int) -> str:
        reading = self._reading
        reading.at = start
        depth = 1
        while not reading.done and depth:
            depth += {"{": 1, "}": -1}.get(reading.char, 0)
            reading.at += 1
        shown = reading.text[start : reading.at - 1][:60]
        return self._holes.mark(f"${{{shown}}} is known only when the script runs")
