"""docs/commands.md: every command with its arguments, options and examples, from the command line itself."""

import inspect
from collections.abc import Iterator

import click

from curator.cli import cli
from curator.cli.common import Command
from reference.markdown import code, page, table

INTRODUCTION = """Every command takes `--home DIR`: the brand directory. Without it, `CURATOR_HOME` names it, else it is the nearest of the
current directory and its parents that holds brand.toml. An item's id may be shortened as long as it names one item.

Results go to stdout, progress and messages to stderr. `--json` prints one JSON document to stdout and nothing else there;
its keys are described in [json.md](json.md). `-q` prints errors only, `-v` also what is done and every failure, `--debug` all
that is logged, and tracebacks."""

EXIT_CODES = (
    ("0", "done; feeds or pages that failed are listed"),
    ("1", "something needs the user: brand.toml, a damaged library, a refused export"),
    ("2", "the command was typed wrongly"),
    ("3", "no feed could be fetched at all"),
    ("75", "another command holds the lock: try again later"),
    ("130, 143", "stopped by Ctrl-C or SIGTERM; what was fetched whole is kept"),
)
ERRORS = """An error is printed to stderr as `error:` what is wrong, `where:` the file and key or the address, and `hint:` a command to
type."""
COMMON = {"home", "json", "quiet", "verbose", "debug", "help"}


def render() -> str:
    """Return the page."""
    commands = dict(walk())
    overview = table(("command", "does"), [(f"[`{name}`](#{anchor(name)})", short(command)) for name, command in commands.items()])
    exits = f"## Exit codes\n\n{table(('code', 'meaning'), EXIT_CODES)}\n\n{ERRORS}"
    return page("Commands", INTRODUCTION, overview, *(section(name, command) for name, command in commands.items()), exits)


def walk() -> Iterator[tuple[str, Command]]:
    """Iterate over all commands, in the order of the help, by the words to type."""
    for name, command in cli.commands.items():
        if isinstance(command, click.Group):
            yield from ((f"curator {name} {part}", sub) for part, sub in command.commands.items() if isinstance(sub, Command))
        elif isinstance(command, Command):
            yield f"curator {name}", command


def section(name: str, command: Command) -> str:
    """Return what there is to know of one command."""
    context = click.Context(command, info_name=name)
    usage = " ".join(command.collect_usage_pieces(context))
    rows = [row for parameter in command.params if parameter.name not in COMMON if (row := described(parameter, context))]
    parts = [f"## {name}", code([f"{name} {usage}"]), description(command)]
    if rows:
        parts.append(table(("option", "meaning"), rows))
    if command.json:
        parts.append(f"`--json` prints {' or '.join(f'[{shape(each)}](json.md#{shape(each).lower()})' for each in command.json)}.")
    if command.examples:
        parts.append(code(command.examples, "sh"))
    return "\n\n".join(parts)


def described(parameter: click.Parameter, context: click.Context) -> tuple[str, str] | None:
    """Return an option and its help with default and range, as `--help` has them; None for an argument."""
    record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
    return (f"`{record[0]}`", record[1]) if record else None


def description(command: click.Command) -> str:
    """Return the help of a command; what is set out in columns there stays so."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    return "\n\n".join(code(p.split("\n")[1:]) if p.startswith("\b") else " ".join(p.split()) for p in paragraphs)


def short(command: click.Command) -> str:
    """Return the first paragraph of a command's help."""
    return " ".join(inspect.cleandoc(command.help or "").split("\n\n")[0].split())


def shape(path: str) -> str:
    """Return the name of a document's type."""
    return path.rpartition(".")[2]


def anchor(name: str) -> str:
    """Return the anchor of a heading."""
    return name.replace(" ", "-")
