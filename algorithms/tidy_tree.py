"""Coordinates of the nodes of a forest: a tidy drawing in linear time."""

from __future__ import annotations

from collections.abc import Sequence

from algorithms.registry import algorithm


@algorithm(
    reads=(),
    reference="Buchheim, Jünger and Leipert 2002, Improving Walker's algorithm to run in linear time; Walker 1990",
)
def tidy_tree(parents: Sequence[int]) -> list[float]:
    """Returns the horizontal positions of the nodes of a forest, whose vertical positions are their levels.

    Nodes of a level are at least 1 apart and in their order, a parent is centred above its children, and equal trees
    are drawn alike. The leftmost node is at 0. Roots stand side by side, like children of one node.

    Args:
        parents: the parent of each node, -1 for a root. A parent comes before its children, and children are drawn in
            the order in which they are given.

    >>> tidy_tree([-1, 0, 0, 1, 1])
    [1.0, 0.5, 1.5, 0.0, 1.0]
    """
    if not parents:
        return []
    drawing = _Drawing([-1, *(parent + 1 for parent in parents)])
    drawing.first_walk()
    found = drawing.positions()[1:]
    left = min(found)
    return [at - left for at in found]


class _Drawing:
    """The walks of the algorithm over one tree, with the names of the paper; node 0 is the root."""

    def __init__(self, parents: Sequence[int]) -> None:
        size = len(parents)
        self.parents = parents
        self.children: list[list[int]] = [[] for _ in parents]
        self.number = [0] * size
        for node, parent in enumerate(parents):
            if parent >= 0:
                self.number[node] = len(self.children[parent])
                self.children[parent].append(node)
        self.prelim, self.mod = [0.0] * size, [0.0] * size
        self.shift, self.change = [0.0] * size, [0.0] * size
        self.thread = [-1] * size
        self.ancestor = list(range(size))
        # Of each node, the ancestor that stands for conflicts with all trees below it that were placed.
        self.default = [children[0] if children else -1 for children in self.children]

    def first_walk(self) -> None:
        """Places every node relative to its parent, those below first, from left to right."""
        for node in self._bottom_up():
            children, parent = self.children[node], self.parents[node]
            at = self.number[node]
            middle = 0.0
            if children:
                self._execute_shifts(children)
                middle = (self.prelim[children[0]] + self.prelim[children[-1]]) / 2
            if at == 0:
                self.prelim[node] = middle
            else:
                self.prelim[node] = self.prelim[self.children[parent][at - 1]] + 1
                self.mod[node] = self.prelim[node] - middle
                self._apportion(node, self.children[parent])

    def positions(self) -> list[float]:
        """The position of every node: its own, and what the nodes above it were moved by."""
        moved = [0.0] * len(self.parents)
        found = [self.prelim[0]] * len(self.parents)
        for node, parent in enumerate(self.parents):
            if parent >= 0:
                moved[node] = moved[parent] + self.mod[parent]
                found[node] = self.prelim[node] + moved[node]
        return found

    def _bottom_up(self) -> list[int]:
        order, waiting = [], [0]
        while waiting:
            node = waiting.pop()
            order.append(node)
            waiting.extend(self.children[node])
        order.reverse()
        return order

    def _execute_shifts(self, children: list[int]) -> None:
        shift = change = 0.0
        for child in reversed(children):
            self.prelim[child] += shift
            self.mod[child] += shift
            change += self.change[child]
            shift += self.shift[child] + change

    def _apportion(self, node: int, siblings: list[int]) -> None:
        """Moves the tree of a node to the right until it is free of the trees of its siblings to the left."""
        mod, thread, parent = self.mod, self.thread, self.parents[node]
        inside_right = outside_right = node
        inside_left, outside_left = siblings[self.number[node] - 1], siblings[0]
        sum_inside_right, sum_outside_right = mod[inside_right], mod[outside_right]
        sum_inside_left, sum_outside_left = mod[inside_left], mod[outside_left]
        right, left = self._next_right(inside_left), self._next_left(inside_right)
        while right >= 0 and left >= 0:
            inside_left, inside_right = right, left
            outside_left, outside_right = self._next_left(outside_left), self._next_right(outside_right)
            self.ancestor[outside_right] = node
            missing = (self.prelim[inside_left] + sum_inside_left) - (self.prelim[inside_right] + sum_inside_right) + 1
            if missing > 0:
                above = self.ancestor[inside_left]
                if self.parents[above] != parent:
                    above = self.default[parent]
                self._move(above, node, missing)
                sum_inside_right += missing
                sum_outside_right += missing
            sum_inside_left, sum_inside_right = sum_inside_left + mod[inside_left], sum_inside_right + mod[inside_right]
            sum_outside_left += mod[outside_left]
            sum_outside_right += mod[outside_right]
            right, left = self._next_right(inside_left), self._next_left(inside_right)
        if right >= 0 and self._next_right(outside_right) < 0:
            thread[outside_right] = right
            mod[outside_right] += sum_inside_left - sum_outside_right
        if left >= 0 and self._next_left(outside_left) < 0:
            thread[outside_left] = left
            mod[outside_left] += sum_inside_right - sum_outside_left
            self.default[parent] = node

    def _move(self, left: int, right: int, distance: float) -> None:
        """Moves a tree to the right, and the trees between both, in equal parts."""
        part = distance / (self.number[right] - self.number[left])
        self.change[right] -= part
        self.shift[right] += distance
        self.change[left] += part
        self.prelim[right] += distance
        self.mod[right] += distance

    def _next_left(self, node: int) -> int:
        children = self.children[node]
        return children[0] if children else self.thread[node]

    def _next_right(self, node: int) -> int:
        children = self.children[node]
        return children[-1] if children else self.thread[node]
