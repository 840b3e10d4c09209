"""What the library says of items, in the language of a reader: reasons, warnings and refusals, which it says in English.

A sentence is told by its form and its values are put into the translation; one of another form stays English, and is marked so.
"""

import re
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from curator.core.text.plain import line
from curator.publishing.language import N_, Language

_DEPTH: Final = 2  # sentences within sentences: "instead of A: 3 from B already"
# A title may hold the signs that part it from what follows.
_VALUES: Final = {"n": r"\d+", "all": r"\d+", "title": ".+", "file": r"\w+\.\w+"}
_WHOLE: Final = "reason"  # a value that is a sentence: where it stays English, so does what is around it
SENTENCES: Final = (
    N_("new"),
    N_("listed"),
    N_("picked"),
    N_("skipped"),
    N_("saved"),
    N_("1 day old"),
    N_("%(n)s days old"),
    N_("1 hour old"),
    N_("%(n)s hours old"),
    N_("no item has an id that begins with %(id)s"),
    N_("%(n)s items have an id that begins with %(id)s: %(some)s"),
    N_("type one more character"),
    N_("curator list shows the ids of the latest reading list"),
    N_("nothing was decided yet: there is nothing to undo"),
    N_("no reading list yet"),
    N_("no reading list of %(day)s"),
    N_("none of %(n)s feeds could be reached: %(reason)s"),
    N_("check the network, then curator run; curator run --no-fetch ranks what is kept"),
    N_("another run is at work on this library: %(who)s"),
    N_("another command is writing to this library: %(who)s"),
    N_("wait until it is done, then type the command again"),
    N_("unknown time %(said)s"),
    N_("say it like one of these: %(examples)s"),
    N_("in %(zone)s it is %(time)s now: name a later time"),
    N_("no time was said: %(time)s, the next open slot of that day"),
    N_("no time was said: %(time)s, as no slot is open then"),
    N_("unknown network %(name)s: there are %(names)s"),
    N_("unknown %(what)s %(name)s: %(where)s has %(names)s"),
    N_("network"),
    N_("kind"),
    N_("the calendar has no post %(post)s"),
    N_("curator plan shows the posts"),
    N_("%(post)s has no time yet"),
    N_("there is no slot to fill"),
    N_("something unexpected: %(what)s"),
    N_("the same command with --debug shows where"),
    N_("no %(file)s in this directory or above it"),
    N_("proposed"),
    N_("kept"),
    N_("outside slots"),
    N_("second at this time"),
    N_("there was no time to prove that no filling is better: this is the best one found"),
    N_("there was no time to find the best filling: the slots were filled one by one, with the best that was left"),
    N_("%(some)s of %(all)s feeds were not asked: they said when to come back (curator feeds list)"),
    N_("putting %(items)s items into the search index, this once"),
    N_("%(n)s days of items are kept: too few to say what is usual (%(all)s are needed)"),
    N_("no list was made since it was found"),
    N_("older than what a list looks back on"),
    N_("a list made now has it"),
    N_("it has left the library: what nobody decided on is kept for %(n)s days"),
    N_("no feed has brought it; these are of its site"),
    N_("its robots.txt asks that this page not be read"),
    N_("shows a wall (consent, login or a check for robots) instead of an article"),
    N_("has no text to read"),
    N_("answered %(status)s: not found"),
    N_("answered %(status)s: it asks for a password"),
    N_("answered %(status)s: forbidden"),
    N_("nobody answers there"),
    N_("did not answer"),
    N_("no way to it from this network"),
    N_("its certificate has expired"),
    N_("cut the connection"),
    N_("could not be connected to within %(n)s s"),
    N_("no %(file)s in %(home)s"),
    N_("No such option %(name)s."),
    N_("Missing argument %(name)s."),
    N_("Option %(name)s requires an argument."),
    N_("one thing at a time: --fill (with --keep), --move, --lock, --unlock, --drop or --answers"),
    N_("--date names a reading list, --status what is kept"),
    N_("%(option)s: not a day: %(text)s"),
    N_("%(option)s: not an ISO 8601 time: %(text)s"),
    N_("--us and --not-us exclude each other"),
    N_("these ids go with --us or --not-us"),
    N_("the ids of mentions are missing"),
    N_("curator mentions shows them"),
    N_("triage needs a terminal with a keyboard"),
    N_("curator list, then curator pick ID or curator skip ID"),
    N_("something else was decided meanwhile: curator undo takes that back"),
    N_("not a web address: %(url)s"),
    N_("the page is not kept: %(reason)s"),
    N_("no post is planned in these days"),
    N_("its time is past"),
    N_("not approved"),
    N_("no board is named for %(network)s"),
    N_("No such command %(name)s. Did you mean %(other)s?"),
    N_("No such command %(name)s."),
    N_("Missing option %(name)s."),
    N_("a private or local address, not contacted"),
    N_("add %(host)s to allow under [fetch] in brand.toml, if it is yours"),
    N_("its robots.txt could not be read: %(reason)s"),
    N_("no calendar is named"),
    N_("outbox"),
    N_("model"),
    N_("library"),
    N_("ageing"),
    N_("search"),
    N_("reranker"),
    N_("feeds"),
    N_("%(n)s feeds"),
    N_("%(brand)s: %(n)s topics"),
    N_("%(n)s items, whole"),
    N_("what nobody decided on stays %(n)s days; %(left)s stories have left and are known when they come again"),
    N_("every notice that was due was told"),
    N_("%(items)s items in the index, up to date"),
    N_("%(items)s items in the index, older than the library: the next search brings it up to date"),
    N_("no search yet: the first one makes the index"),
    N_("%(n)s of %(all)s failed last time"),
    N_("none of %(n)s failed last time"),
    N_("fits no topic well enough: a list begins above %(floor)s"),
    N_("fits %(topic)s"),
    N_("keyword %(word)s"),
    N_("not %(topic)s: says %(word)s"),
    N_("instead of %(title)s: its place is for finding out: %(other)s"),
    N_("instead of %(title)s: %(why)s"),
    N_("to find out: %(why)s"),
    N_("%(n)s from %(source)s already"),
    N_("%(n)s about %(topic)s already"),
    N_("%(n)s of %(kind)s already"),
    N_("its place is for finding out: %(title)s"),
    N_("nothing else about %(topic)s today"),
    N_("%(source)s is rarely listed"),
    N_("told by %(title)s"),
    N_("like your pick “%(title)s”; you picked %(n)s of %(all)s from %(source)s"),
    N_("like your pick “%(title)s”"),
    N_("like “%(title)s”, which you skipped"),
    N_("like “%(title)s”, which you saved"),
    N_("scores %(score)s, best for %(topic)s; a list begins above %(floor)s"),
    N_("number %(n)s of %(all)s on %(day)s"),
    N_("no feed has brought it, and none is of %(site)s"),
    N_("this is a web page, not a feed"),
    N_("answered %(status)s: gone for good"),
    N_("much %(kind)s: %(actual)s of the posts, %(target)s are wanted"),
    N_("little %(kind)s: %(actual)s of the posts, %(target)s are wanted"),
    N_("%(n)s times %(what)s in week %(week)s"),
    N_("%(network)s has two posts at one time: %(post)s"),
    N_("%(n)s of %(all)s posts not approved"),
    N_("no such post was shown, or it is planned no more"),
    N_("its text was changed after it was shown, and must be looked at again"),
    N_("decided elsewhere meanwhile, and now %(status)s: %(title)s"),
    N_("that time is past"),
    N_("%(post)s is locked"),
)


def retold(text: str, language: Language) -> str:
    """Return a sentence of the library in a language, as it is where its form is not known."""
    return text if language.code == "en" else _retold(line(text), language, _DEPTH) or text


def marked(text: str, language: Language) -> Markup:
    """Return the same as markup, where what stays English is marked so for screen readers and hyphenation."""
    told = line(text) if language.code == "en" else _retold(line(text), language, _DEPTH)
    return escape(told) if told or not text else Markup('<span lang="en">{}</span>').format(line(text))


def _retold(text: str, language: Language, depth: int) -> str:
    if not depth:
        return text
    for form, sentence in _forms():
        if found := form.fullmatch(text):
            told = {name: _retold(value, language, depth - 1) for name, value in found.groupdict().items()}
            if _WHOLE in told and not told[_WHOLE]:
                return ""
            return language.say(sentence, **{name: told[name] or value for name, value in found.groupdict().items()})
    return ""


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return the form of each sentence. The first that a text has is taken, so that the narrower ones stand first."""
    return tuple((re.compile(_pattern(each)), each) for each in SENTENCES)


def _pattern(sentence: str) -> str:
    """Return a regular expression with a group for each value."""
    literal, *rest = re.split(r"%\((\w+)\)s", sentence)
    values = zip(rest[::2], rest[1::2], strict=True)
    return re.escape(literal) + "".join(f"(?P<{name}>{_VALUES.get(name, '.+?')}){re.escape(after)}" for name, after in values)
