"""
The parsers of the command line: they refuse in one sentence, and wait until they are asked.

Nothing is imported here but what every command needs.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from neuroalg_sage.errors import InputError

CHOICE = re.compile(r"argument (.*?): invalid choice: (.*?) \(choose from (.*)\)", re.DOTALL)

OPTIONS = ("-", "-h", "-o")  # what is no value although it begins with one minus sign

EPILOGUE = """\
A SPEC names a model: mlp:2,2,3:x^2  mlp:2,2,3:x^2+x:bias  linear:3,2,3
cnn:3s2,2:x^2  attention:d=2,a=1,out=2,t=3,layers=1  relu:2,3,1  relu:2,3,1:cell=110,011
gnn:graph=C4,channels=1x2x1:x^2  gcnn:group=S3,layers=3:x^2  sets:points=4,channels=1x2x1:x^2
transformer:d=2,a=1,t=2,hidden=2:x^2  resnet:width=2,hidden=3,blocks=2:x^2  rnn:state=2,steps=3:x^2
ssm:state=2,steps=5  glu:widths=2x3x1  moe:inputs=2,outputs=1,experts=2,hidden=3:x^2
autoencoder:widths=4x2,tied=1  lora:widths=4x4,rank=1
gin:graph=C4,channels=1x2x1:x^2  mpnn:graph=C4,channels=1x2x1:x^2  bispectral:group=Z4
powersums:points=3,degree=3,widths=2x1:x^2  pinet:inputs=2,rank=2,degree=3
kan:widths=2x3x1,degree=3  spn:variables=4,values=2,sums=2  tt:modes=2x2-2x2,ranks=2
or the path of a JSON model file.

Exit codes: 0 all answered; 1 an engine failed, or a certificate does not hold;
2 wrong input; 3 a limit was reached (what was answered is printed).
"""


class Parser(argparse.ArgumentParser):
    """A parser that refuses with one sentence, and with the nearest right word."""

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        words = signed(sys.argv[1:] if args is None else args)
        first = words[0].partition("=")[0] if words else ""
        if first.startswith("--") and not any(
                own.startswith(first) for own in self._option_string_actions):
            raise InputError(f"Options stand after the command: neuroalg COMMAND {first[:40]}; see "
                             "neuroalg --help.")
        found, rest = self.parse_known_args(words, namespace)
        if rest:
            command = str(getattr(found, "command", self.prog))
            options = [option for action in self._actions if isinstance(
                action, argparse._SubParsersAction) and command in action.choices
                for option in action.choices[command]._option_string_actions]
            word = rest[0].partition("=")[0]
            raise InputError(f"The command {command} does not take {word[:40]!r}; "
                             + nearest(word, options, f"see neuroalg {command} --help."))
        return found

    def error(self, message: str) -> NoReturn:
        if choice := CHOICE.fullmatch(message):
            word, words = choice[2].strip("'"), [w.strip(" '\"") for w in choice[3].split(",")]
            # An invariant is known only to what takes long to import: not for a slip of the pen.
            raise InputError(f"There is no {choice[1].lower()} {choice[2][:40]}; " + (
                nearest(word, words, "", 0.9)
                or choice[1] == "COMMAND" and of_an_invariant(word)
                or nearest(word, words, f"it is {', '.join(words)}.")))
        raise InputError(message[:1].upper() + message[1:].rstrip(".")[:300]
                         + f"; see {self.prog} --help.")


class CommandParser(Parser):
    """
    The parser of a command, which is nothing but its place among the commands until it is used.

    INPUT:

    - ``complete`` -- begins the parser and adds its options; it may be called again
    - what any parser takes
    """

    def __init__(self, *, complete: Callable[[], None], **options: Any) -> None:
        self._complete, self._options = complete, options
        self.listed: Callable[[], str] | None = None  # what help says besides, found only then

    def begin(self) -> None:
        """Become a parser, as yet without options."""
        super().__init__(**self._options)

    def format_help(self) -> str:
        more = "" if self.listed is None else f"\n{self.listed()}\n"
        return super().format_help() + more

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self._complete()
        return super().parse_known_args(args, namespace)


def of_an_invariant(word: str) -> str:
    """How an invariant is asked for, if the word names one."""
    if not word.isidentifier():
        return ""
    from neuroalg_sage.neuromanifold import INVARIANTS

    return f"it is an invariant: neuroalg compute SPEC {word}." if word in INVARIANTS else ""


def nearest(word: str, words: Iterable[str], otherwise: str, alike: float = 0.6) -> str:
    """What may have been meant by a word."""
    import difflib  # what is spelled right needs it not

    found = difflib.get_close_matches(word[:50].lower(), list(words), 1, alike)
    return f"did you mean {found[0]} ?" if found else otherwise


def signed(arguments: Sequence[str]) -> list[str]:
    """
    Command-line words in which a value that begins with a minus sign belongs to its option.

    EXAMPLES::

        >>> signed(["fiber", "--parameters", "-0.5,1", "--json"])
        ['fiber', '--parameters=-0.5,1', '--json']
    """
    joined: list[str] = []
    for word in arguments:
        value = word.startswith("-") and not word.startswith("--") and word not in OPTIONS
        if value and joined and joined[-1].startswith("--") and "=" not in joined[-1]:
            joined[-1] += f"={word}"
        else:
            joined.append(word)
    return joined
