"""Expressions of Terraform's language from nodes of the tree-sitter grammar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ourhalf.model.numbers import whole
from ourhalf.readers.terraform import templates
from ourhalf.readers.terraform.syntax import (
    Bad,
    Binary,
    Call,
    Conditional,
    Expr,
    For,
    ListOf,
    Literal,
    ObjectOf,
    Splat,
    Step,
    Template,
    Traversal,
    Unary,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

MAX_DEPTH = 60


class Source:
    """The bytes of a file, and what turns its syntax nodes into expressions.

    Lines count from `first_line`, for a text that lies inside another file.
    """

    def __init__(self, data: bytes, path: str, first_line: int = 1) -> None:
        self.data = data
        self.path = path
        self.first_line = first_line

    def text(self, node: Tree) -> str:
        """What the file says where `node` stands."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def at(self, node: Tree) -> tuple[str, int, int]:
        """Path, line and column of `node`."""
        row, column = node.start_point
        return self.path, row + self.first_line, column + 1

    def expression(self, node: Tree, depth: int = 0) -> Expr:
        """The expression that stands at an `expression` node."""
        if depth > MAX_DEPTH:
            return Bad(*self.at(node), f"nested deeper than {MAX_DEPTH} levels")
        children = _without_comments(node.children)
        if len(children) == 1 and children[0].type == "conditional":
            return self._conditional(children[0], depth)
        return self._term(children, node, depth)

    def _term(self, children: list[Tree], around: Tree, depth: int) -> Expr:
        """An operand and the steps after it."""
        if not children:
            return self._bad(around)
        first = children[0]
        if first.type == "(":
            base: Expr | str = self.expression(children[1], depth + 1) if len(children) > 2 else self._bad(around)
            after = 3
        else:
            after = 1
            base = self.text(first) if first.type == "variable_expr" else self._operand(first, depth)
        steps = self._steps(children[after:], depth)
        if isinstance(base, Expr) and not steps:
            return base
        return Traversal(*self.at(first), base, tuple(steps))

    def _steps(self, children: list[Tree], depth: int) -> list[Step]:
        steps: list[Step] = []
        for child in children:
            match child.type:
                case "get_attr":
                    steps.append(self.text(child).lstrip(". \t\n"))
                case "index":
                    steps.append(self._index(child.named_children[0], depth))
                case "splat":
                    steps.extend(self._splat(child.named_children[0], depth))
                case _:
                    steps.append(self._bad(child))
        return steps

    def _index(self, node: Tree, depth: int) -> Expr:
        if node.type == "legacy_index":
            digits = self.text(node).lstrip(".")
            number = whole(digits)
            return Literal(*self.at(node), number) if number is not None else self._bad(node)
        inside = [child for child in node.named_children if child.type == "expression"]
        return self.expression(inside[0], depth + 1) if inside else self._bad(node)

    def _splat(self, node: Tree, depth: int) -> list[Step]:
        """One splat; after `.*` only attributes belong to it, an index is of the whole list."""
        steps = self._steps([c for c in node.named_children if c.type != "comment"], depth)
        if node.type == "full_splat":
            return [Splat(tuple(steps))]
        own = next((i for i, step in enumerate(steps) if not isinstance(step, str)), len(steps))
        return [Splat(tuple(steps[:own])), *steps[own:]]

    def _operand(self, node: Tree, depth: int) -> Expr:
        match node.type:
            case "literal_value":
                return self._literal(node.children[0])
            case "template_expr":
                return self._template(node.children[0], depth)
            case "collection_value":
                return self._collection(node.children[0], depth)
            case "function_call":
                return self._call(node, depth)
            case "operation":
                return self._operation(node.children[0], depth)
            case "for_expr":
                return self._for(node.children[0], depth)
            case "expression":
                return self.expression(node, depth + 1)
        return self._bad(node)

    def _literal(self, node: Tree) -> Expr:
        at = self.at(node)
        match node.type:
            case "string_lit":
                return Literal(*at, templates.unescape(self.text(node)[1:-1]))
            case "numeric_lit":
                return self._number(node)
            case "bool_lit":
                return Literal(*at, self.text(node) == "true")
            case "null_lit":
                return Literal(*at, None)
        return self._bad(node)

    def _number(self, node: Tree) -> Expr:
        text = self.text(node)
        if len(text) > 64:
            return Bad(*self.at(node), "a number of more than 64 digits")
        try:
            return Literal(*self.at(node), int(text) if text.isdigit() else float(text))
        except ValueError:
            return self._bad(node)

    def _template(self, node: Tree, depth: int) -> Expr:
        heredoc = node.type == "heredoc_template"
        parts = templates.heredoc(self, node, depth) if heredoc else templates.quoted(self, node, depth)
        if parts is None:
            return self._bad(node)
        if not parts:
            return Literal(*self.at(node), "")
        if len(parts) == 1 and isinstance(parts[0], str):
            return Literal(*self.at(node), parts[0])
        if len(parts) == 1 and isinstance(parts[0], Expr):
            return parts[0]
        return Template(*self.at(node), parts)

    def _collection(self, node: Tree, depth: int) -> Expr:
        if node.type == "tuple":
            items = (self.expression(c, depth + 1) for c in node.named_children if c.type == "expression")
            return ListOf(*self.at(node), tuple(items))
        pairs = []
        for element in node.named_children:
            if element.type == "object_elem":
                key, value = [c for c in element.named_children if c.type == "expression"][:2]
                pairs.append((self._key(key, depth), self.expression(value, depth + 1)))
        return ObjectOf(*self.at(node), tuple(pairs))

    def _key(self, node: Tree, depth: int) -> Expr:
        """A key of an object: a bare name stands for itself."""
        key = self.expression(node, depth + 1)
        if isinstance(key, Traversal) and isinstance(key.base, str) and not key.steps and node.children[0].type != "(":
            return Literal(key.path, key.line, key.column, key.base)
        return key

    def _call(self, node: Tree, depth: int) -> Expr:
        name = ""
        arguments: tuple[Expr, ...] = ()
        expand = False
        for child in node.named_children:
            if child.type == "identifier":
                name = self.text(child)
            elif child.type == "function_arguments":
                inner = child.named_children
                arguments = tuple(self.expression(c, depth + 1) for c in inner if c.type == "expression")
                expand = any(c.type == "ellipsis" for c in inner)
        return Call(*self.at(node), name.removeprefix("core::"), arguments, expand)

    def _operation(self, node: Tree, depth: int) -> Expr:
        if depth > MAX_DEPTH:
            return Bad(*self.at(node), f"nested deeper than {MAX_DEPTH} levels")
        children = _without_comments(node.children)
        if node.type == "unary_operation":
            return Unary(*self.at(node), children[0].type, self._term(children[1:], node, depth + 1))
        split = next((i for i, c in enumerate(children) if not c.is_named and c.type not in "()"), None)
        if split is None:
            return self._bad(node)
        left = self._term(children[:split], node, depth + 1)
        return Binary(*self.at(node), children[split].type, left, self._term(children[split + 1 :], node, depth + 1))

    def _conditional(self, node: Tree, depth: int) -> Expr:
        """A conditional; the grammar groups a chain to the left, the language to the right."""
        children = [c for c in node.named_children if c.type == "expression"]
        if len(children) != 3:
            return self._bad(node)
        condition, then, otherwise = (self.expression(c, depth + 1) for c in children)
        bare = children[0].children[0].type == "conditional"
        if bare and isinstance(condition, Conditional):
            return _rotated(condition, then, otherwise)
        return Conditional(*self.at(node), condition, then, otherwise)

    def _for(self, node: Tree, depth: int) -> Expr:
        intro = next((c for c in node.named_children if c.type == "for_intro"), None)
        if intro is None:
            return self._bad(node)
        names = [self.text(c) for c in intro.named_children if c.type == "identifier"]
        source = next((c for c in intro.named_children if c.type == "expression"), None)
        results = [self.expression(c, depth + 1) for c in node.named_children if c.type == "expression"]
        condition = next((c for c in node.named_children if c.type == "for_cond"), None)
        wanted = 1 if node.type == "for_tuple_expr" else 2
        if source is None or not names or len(results) != wanted:
            return self._bad(node)
        test = [c for c in condition.named_children if c.type == "expression"] if condition is not None else []
        return For(
            *self.at(node),
            names[0] if len(names) > 1 else "",
            names[-1],
            self.expression(source, depth + 1),
            results[0] if wanted == 2 else None,
            results[-1],
            self.expression(test[0], depth + 1) if test else None,
            any(c.type == "ellipsis" for c in node.named_children),
        )

    def _bad(self, node: Tree) -> Bad:
        return Bad(*self.at(node), "a syntax error")


def _rotated(chain: Conditional, then: Expr, otherwise: Expr) -> Conditional:
    """`(a ? b : c) ? d : e` as the language groups it: `a ? b : (c ? d : e)`."""
    links = [chain]
    while isinstance(last := links[-1].otherwise, Conditional) and last.chained:
        links.append(last)
    made = Conditional(last.path, last.line, last.column, last, then, otherwise, chained=True)
    for link in reversed(links):
        made = Conditional(link.path, link.line, link.column, link.condition, link.then, made, link.chained)
    return made


def _without_comments(children: list[Tree]) -> list[Tree]:
    return [c for c in children if c.type != "comment"] if len(children) > 1 else children
