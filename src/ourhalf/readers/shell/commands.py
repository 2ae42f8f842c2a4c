"""Cuts a shell script into simple commands with their words expanded as far as they are known."""

from __future__ import annotations

import re
from typing import NamedTuple

from ourhalf.readers.shell.expansion import Expander, Reading, Word
from ourhalf.readers.shell.holes import Holes
from ourhalf.readers.shell.variables import Variables

MAX_COMMANDS = 20_000
_MAX_OPEN = 500

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*(?:\[[^\]\n]{0,80}\])?\+?=")
_FUNCTION = re.compile(r"[\w.:-]{1,100}[ \t]*\([ \t]*\)")
_REDIRECTION = re.compile(r"&>>?|[0-9]*(?:<<<|<<-?|<>|<&|>>|>&|>\||[<>])")
_BLANK = re.compile(r"(?:[ \t\r]|\\\r?\n)+")
_SKIPPED_WORDS = frozenset({"then", "do", "!", "time", "coproc"})
_BEGINS = {"if": "if", "while": "loop", "until": "loop"}
_ENDS = {"fi": "if", "done": "loop", "}": "group", "esac": "case"}
_DECLARES = frozenset({"export", "declare", "local", "readonly", "typeset"})


class Command(NamedTuple):
    """A simple command: its words, what a here document gives it to read, and the file it writes."""

    words: tuple[Word, ...]
    line: int
    given: str | None = None
    writes: str = ""
    appends: bool = False
    piped: bool = False


class Script:
    """A script that is read once from its begin to its end."""

    def __init__(self, text: str, line: int, holes: Holes, variables: Variables | None = None, depth: int = 0) -> None:
        self.holes = holes
        self.variables = variables if variables is not None else Variables(holes)
        self.commands: list[Command] = []
        self._reading = Reading(text, line)
        self._expander = Expander(self._reading, holes, self.variables, self._nested, depth)
        self._depth = depth
        self._open: list[str] = []
        self._documents: list[tuple[str, bool, bool, dict[str, str]]] = []

    def read(self) -> list[Command]:
        """Its commands in the order in which they are written, those of all branches among them."""
        reading = self._reading
        while not reading.done and len(self.commands) < MAX_COMMANDS:
            self._between()
            if not reading.done:
                before = reading.at
                self._command()
                if reading.at == before:
                    reading.at += 1
        return self.commands

    def _nested(self, text: str, line: int) -> None:
        """The commands of a substitution, which are run too."""
        inner = Script(text, line, self.holes, self.variables, self._depth + 1)
        self.commands.extend(inner.read()[: MAX_COMMANDS - len(self.commands)])

    def _between(self) -> None:
        """Whatever stands between two commands."""
        reading = self._reading
        while not reading.done:
            reading.skip(_BLANK)
            char = reading.char
            if char == "\n":
                reading.at += 1
                self._here_documents()
            elif char == "#":
                reading.to_line_end()
            elif reading.starts(";;"):
                reading.at += 3 if reading.starts(";;&") else 2
                self._next_case()
            elif char in ";&|":
                reading.at += 1
            elif char == "(" and reading.starts("(("):
                reading.past("))")
            elif char == "(":
                reading.at += 1
                self._begin("subshell")
            elif char == ")":
                reading.at += 1
                self._finish("subshell")
            else:
                return

    def _begin(self, kind: str) -> None:
        if len(self._open) < _MAX_OPEN:
            self._open.append(kind)
            if kind != "group":
                self.variables.enter()

    def _finish(self, kind: str) -> None:
        kinds = ("group", "function") if kind == "group" else (kind,)
        if not self._open or self._open[-1] not in kinds:
            return
        if self._open.pop() != "group":
            self.variables.leave()

    def _next_case(self) -> None:
        if self._open and self._open[-1] == "case":
            self.variables.otherwise(exhaustive=False)
            self._case_pattern()

    def _case_pattern(self) -> None:
        """Past the pattern of a case, unless the case ends here."""
        reading = self._reading
        self._blank_lines()
        if reading.starts("esac"):
            return
        end = reading.text.find(")", reading.at)
        pattern = reading.text[reading.at : end] if end >= 0 else ""
        if end < 0 or "\n" in pattern:
            return
        reading.at = end + 1

    def _blank_lines(self) -> None:
        reading = self._reading
        while not reading.done:
            reading.skip(_BLANK)
            if reading.char == "\n":
                reading.at += 1
            elif reading.char == "#":
                reading.to_line_end()
            else:
                return

    def _command(self) -> None:
        reading = self._reading
        if reading.starts("[["):
            reading.past("]]")
            return
        function = reading.match(_FUNCTION)
        if function is not None and "=" not in function:
            reading.at += len(function)
            self._blank_lines()
            if reading.char == "{":
                reading.at += 1
                self._begin("function")
            return
        keyword = reading.keyword()
        if keyword and self._keyword(keyword):
            reading.at += len(keyword)
            self._after_keyword(keyword)
            return
        self._simple()

    def _keyword(self, word: str) -> bool:
        return word in _SKIPPED_WORDS or word in _BEGINS or word in _ENDS or word in {
            "else", "elif", "for", "select", "case", "{", "function",
        }  # fmt: skip

    def _after_keyword(self, word: str) -> None:
        if word in _BEGINS:
            self._begin(_BEGINS[word])
        elif word in _ENDS:
            self._finish(_ENDS[word])
        elif word in ("else", "elif") and self._open and self._open[-1] == "if":
            self.variables.otherwise(exhaustive=word == "else")
        elif word == "{":
            self._begin("group")
        elif word in ("for", "select"):
            self._for()
        elif word == "case":
            self._reading.skip(_BLANK)
            self._expander.word()
            self._reading.past(" in", within_line=True)
            self._begin("case")
            self._case_pattern()
        elif word == "function":
            self._reading.skip(_BLANK)
            self._expander.word()
            self._blank_lines()
            if self._reading.starts("{"):
                self._reading.at += 1
                self._begin("function")

    def _for(self) -> None:
        reading = self._reading
        reading.skip(_BLANK)
        if reading.starts("(("):
            reading.past("))")
            self._begin("loop")
            return
        name = reading.keyword()
        reading.at += len(name)
        words: list[Word] = []
        reading.skip(_BLANK)
        if reading.keyword() == "in":
            reading.at += 2
            words = self._words()[0]
        self._begin("loop")
        if name.isidentifier():
            known = words[0].text if len(words) == 1 else self.holes.mark(f"${name} takes several values in turn")
            self.variables.set(name, known)

    def _simple(self) -> None:
        """One command with its redirections."""
        reading = self._reading
        line = reading.line
        piped = reading.text[max(0, reading.at - 3) : reading.at].rstrip().endswith("|")
        while (assignment := reading.match(_ASSIGNMENT)) is not None:
            self._assign(assignment)
            reading.skip(_BLANK)
        words, files = self._words()
        if not words:
            return
        first = words[0].text
        if first in _DECLARES:
            self._declare(words[1:])
        elif first in ("read", "getopts", "mapfile", "readarray"):
            for word in words[1:]:
                if word.text.isidentifier():
                    self.variables.set(word.text, self.holes.mark(f"${word.text} is read when the script runs"))
        command = Command(tuple(words), line, files.get("given"), files.get("writes", ""), "appends" in files, piped)
        self.commands.append(command)
        if self._documents and "document" in files:
            self._documents[-1][3]["command"] = str(len(self.commands) - 1)

    def _assign(self, assignment: str) -> None:
        reading = self._reading
        reading.at += len(assignment)
        adds = assignment.endswith("+=")
        name = assignment.rstrip("+=")
        value: str | tuple[str, ...]
        if reading.char == "(":
            reading.at += 1
            value = tuple(word.text for word in self._elements())
        else:
            value = "".join(word.text for word in self._expander.word(assigned=True))
        if "[" in name:
            name = name.split("[", 1)[0]
            value = self.holes.mark(f"elements of ${name} are set one by one")
        self._store(name, value, adds)

    def _store(self, name: str, value: str | tuple[str, ...], adds: bool) -> None:
        held = self.variables.get(name) if adds else None
        if held is not None:
            if isinstance(held, tuple):
                value = (*held, *(value if isinstance(value, tuple) else (value,)))
            else:
                value = held + value if isinstance(value, str) else (held, *value)
        self.variables.set(name, value, self._reading.line)

    def _elements(self) -> list[Word]:
        """The elements of an array, up to its closing parenthesis."""
        reading = self._reading
        found: list[Word] = []
        while not reading.done:
            self._blank_lines()
            if reading.char == ")":
                reading.at += 1
                break
            before = reading.at
            found.extend(self._expander.word())
            if reading.at == before:
                reading.at += 1
        return found

    def _declare(self, words: list[Word]) -> None:
        for word in words:
            name, equals, value = word.text.partition("=")
            if equals and name.isidentifier():
                self.variables.set(name, value, word.line)

    def _words(self) -> tuple[list[Word], dict[str, str]]:
        """The words up to the end of the command, and what its redirections are."""
        reading = self._reading
        words: list[Word] = []
        files: dict[str, str] = {}
        while not reading.done:
            reading.skip(_BLANK)
            redirection = reading.match(_REDIRECTION)
            if redirection is not None:
                self._redirect(redirection, files)
            elif reading.char == "#":
                reading.to_line_end()
                break
            elif reading.done or reading.char in "\n;&|()":
                break
            else:
                assignment = reading.match(_ASSIGNMENT) if words and words[0].text in _DECLARES else None
                if assignment is not None:
                    self._assign(assignment)
                else:
                    before = reading.at
                    words.extend(self._expander.word())
                    reading.at += reading.at == before
        return words, files

    def _redirect(self, operator: str, files: dict[str, str]) -> None:
        reading = self._reading
        reading.at += len(operator)
        kind = operator.lstrip("0123456789")
        reading.skip(_BLANK)
        if kind in ("<<", "<<-"):
            delimiter, quoted = self._expander.delimiter()
            self._documents.append((delimiter, quoted, kind == "<<-", {}))
            files["document"] = delimiter
            return
        if reading.char == "(" and kind in ("<", ">"):
            reading.at += 1
            self._expander.substitution()
            return
        if kind in (">&", "<&") and reading.char in "0123456789-":
            reading.at += 1
            return
        target = "".join(word.text for word in self._expander.word())
        if kind == "<<<":
            files["given"] = target
        elif kind in (">", ">>", ">|", "&>", "&>>") and not operator.startswith("2"):
            files["writes"] = target
            if kind.endswith(">>"):
                files["appends"] = "yes"

    def _here_documents(self) -> None:
        """The bodies of the here documents that begin after this line."""
        for delimiter, quoted, tabs, owner in self._documents:
            body = self._body(delimiter, tabs)
            text = body if quoted else self._expander.document(body)
            index = owner.get("command")
            if index is not None:
                command = self.commands[int(index)]
                self.commands[int(index)] = command._replace(given=text)
        self._documents = []

    def _body(self, delimiter: str, tabs: bool) -> str:
        reading = self._reading
        lines: list[str] = []
        while not reading.done:
            line = reading.take_line()
            if tabs:
                line = line.lstrip("\t")
            # Text inside of other files is often indented as a whole.
            if line.rstrip("\r") == delimiter or line.strip() == delimiter:
                break
            lines.append(line)
        return "\n".join(lines) + "\n" if lines else ""
