"""What the pages beside the notebooks keep to: each rule yields the sentences that say where a page does not."""

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from cam_course.lesson.execute import number_of, read
from cam_course.lesson.exercises import LESSON

from .rules import NOTEBOOKS, ROOT, outputs, shown_text, tagged

FOLDER = ROOT / "notebooks"
PAGES = {name: (FOLDER / f"{name}.md").read_text(encoding="utf-8") for name in ("README", "glossary", "cheat_sheet")}
LESSONS = {number_of(path): path for path in NOTEBOOKS}
RESULTS = (ROOT / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8")

DEFINITION = re.compile(r"^\[([^\]]+)\]: (\S+)$", re.MULTILINE)
INLINE = re.compile(r"\]\(([^)\s]+)\)")
SHORT = re.compile(rf"\[({LESSON})\](?!:)")


# --- reading the pages


@dataclass(frozen=True)
class Entry:
    """A word of the glossary."""

    term: str
    forms: tuple[str, ...]
    lesson: str
    definition: str

    @property
    def spellings(self):
        return (re.sub(r" \(.*\)$", "", self.term), *self.forms)


def entries(page):
    """The words of a glossary, each with a line of other spellings, symbol and lesson, and a line that defines it."""
    found = []
    for term, about, definition in re.findall(r"^## (.+)\n\n(.+)\n\n(.+)\n", page, re.MULTILINE):
        lesson = re.search(rf"(?:^| )\[({LESSON})\]$", about)
        forms = re.match(r"\*([^*]+)\*", about)
        if lesson:  # the table at the end of the page has none
            spellings = tuple(forms.group(1).split(", ")) if forms else ()
            found.append(Entry(term, spellings, lesson.group(1), definition))
    return found


def table(page, first):
    """The rows of the table whose first column has this title, each as a dictionary."""
    lines = page.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {first} |"))
    titles, rows = cells(lines[start]), []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            return rows
        rows.append(dict(zip(titles, cells(line), strict=True)))
    return rows


def cells(line):
    return [cell.strip() for cell in line.strip("|").split("|")]


def plain(text):
    return re.sub(r"\s+", " ", text.casefold().replace("_", " "))


@cache
def words_of(number):
    """What a lesson says in prose, code and outputs; the setup cell, the same everywhere, says nothing."""
    notebook = read(LESSONS[number])
    sources = [cell.source for cell in notebook.cells if not tagged(cell, "setup")]
    return plain("\n".join([*sources, *(shown_text(output) for _, output in outputs(notebook))]))


def minutes_of(title_cell):
    """How long a lesson says that it takes."""
    said = re.search(r"^\*About (?:(\d+) minutes|(an hour))\b", title_cell, re.MULTILINE)
    return int(said.group(1) or 60)


# --- what the pages keep to: each rule yields the sentences that say where a page does not


def broken_links(page):
    targets = [target for target in INLINE.findall(page) if not target.startswith(("http", "#"))]
    for target in targets + [target for _, target in DEFINITION.findall(page)]:
        path, _, anchor = target.partition("#")
        if not (FOLDER / path).is_file():
            yield f"{target} leads nowhere"
        elif anchor and path.endswith(".md") and anchor not in anchors((FOLDER / path).read_text(encoding="utf-8")):
            yield f"{target}: no such heading"


def anchors(page):
    """The names of headings in links, as on GitHub: of two alike, the second ends in -1 (Grad-CAM, Grad-CAM++)."""
    names, seen = [], {}
    for title in re.findall(r"^#+ (.+)$", page, re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", title.casefold()).replace(" ", "-")
        names.append(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return set(names)


def unlinked_lessons(page):
    """[04] is a link as soon as the page ends in `[04]: 04_grad_cam.ipynb`; without that it is printed as it stands."""
    defined = dict(DEFINITION.findall(page))
    for number in sorted(set(SHORT.findall(page))):
        if number in LESSONS and defined.get(number) != LESSONS[number].name:
            yield f"add the line [{number}]: {LESSONS[number].name}"
        elif number not in LESSONS:
            yield f"[{number}] is no lesson"


def problems_of_glossary(page):
    found = entries(page)
    terms = [entry.term.casefold() for entry in found]
    titles = re.findall(r"^## (.+)$", page, re.MULTILINE)[:-1]  # the last one is the table of letters
    yield from (f"not an entry: {title}" for title in titles if title.casefold() not in terms)
    yield from (f"{after} stands after {before}" for before, after in pairwise(terms) if after < before)
    yield from (f"twice: {term}" for term in sorted(set(terms)) if terms.count(term) > 1)
    for entry in found:
        sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z`$])", entry.definition)
        if len(sentences) > 3:
            yield f"{entry.term}: {len(sentences)} sentences"
        if entry.lesson in LESSONS and not uses(words_of(entry.lesson), entry):
            yield f"{entry.term}: lesson {entry.lesson} does not use it"


def uses(text, entry):
    return any(re.search(rf"(?<!\w){re.escape(plain(one))}(?!\w)", text) for one in entry.spellings)


def problems_of_order(page):
    """The table of lessons: all thirteen, in order, linked and with their own minutes."""
    rows = table(page, "no.")
    numbers = [row["no."] for row in rows]
    if numbers != sorted(LESSONS) or not {f"{number:02}" for number in range(13)} <= set(numbers):
        yield f"expected all thirteen lessons in order, got {numbers}"
    for row in rows:
        number = row["no."]
        early = [other for other in re.findall(LESSON, row["after"]) if other >= number]
        if early:
            yield f"{number} cannot come after {early}"
        if INLINE.findall(row["lesson"]) != [LESSONS[number].name]:
            yield f"{number} is not linked"
        said = minutes_of(read(LESSONS[number]).cells[0].source)
        if row["minutes"] != str(said):
            yield f"{number} says {said} minutes, the page {row['minutes']}"


def problems_of_sums(page):
    """The minutes of routes and sessions are the sums over the lessons whose minutes the page gives."""
    minutes = {row["no."]: int(row["minutes"]) for row in table(page, "no.") if row["minutes"].isdigit()}
    plans = [(row["route"], row["lessons"], row["minutes"]) for row in table(page, "route")]
    for line in table_lines(page, "session"):
        title, in_class, class_minutes, at_home, home_minutes, _ = line
        plans += [(title, in_class, class_minutes), (f"{title}, at home", at_home, home_minutes)]
    for title, lessons, said in plans:
        total = sum(minutes.get(number, 0) for number in re.findall(LESSON, lessons))
        if (re.findall(r"^\d+", said) or ["0"]) != [str(total)]:
            yield f"{title}: {total} minutes, the page says {said}"


def table_lines(page, first):
    """As `table`, for one in which titles repeat."""
    block = page[page.index(f"| {first} |") :].split("\n\n")[0]
    return [cells(line) for line in block.splitlines()[2:]]


def problems_of_sources(page):
    """A belief is refuted where the page says: in a lesson that exists, or in an exercise of it."""
    for row in table(page, "belief"):
        number, _, exercise = row["where"].partition(".")
        if number not in LESSONS or (exercise and f'check("{row["where"]}"' not in source_of(number)):
            yield f"{row['where']} does not exist"


def source_of(number):
    return "\n".join(cell.source for cell in read(LESSONS[number]).cells)


def problems_of_figures(page):
    """What is measured was printed: by the lesson of the row (≈), or in the table of results (cost)."""
    for row in table(page, "method, lesson, call"):
        number = SHORT.search(row["method, lesson, call"]).group(1)
        for figure in re.findall(r"≈ [\d.]*\d", " ".join(row.values())):
            if number not in LESSONS or not re.search(re.escape(figure) + r"(?![\d.]*\d)", words_of(number)):
                yield f"{figure}: lesson {number} does not print it"
        for figure in re.findall(r"\d+\.\d\d", row["cost"]):
            if f"| {figure} |" not in RESULTS:
                yield f"{figure}: not in RESULTS.md"


def math_that_github_spoils(page):
    """GitHub reads Markdown first: it eats backslashes before punctuation, and may take underscores for emphasis."""
    bad = r"\\[^\w\s]|\\operatorname|[^\w\s]_(?=\w)|[|<>*]"
    for equation in re.findall(r"\$([^$\n]+)\$", page):
        if re.search(bad, equation):
            yield f"{equation}: {re.search(bad, equation).group()!r}"
    for line in page.splitlines():
        signs = [place.start() for place in re.finditer(r"\$", line)]
        before = [line[place - 1 : place] for place in signs[::2]]
        behind = [line[place + 1 : place + 2] for place in signs[1::2]]
        if any(one.isalnum() for one in (*before, *behind)):
            yield f"a formula sticks to a word: {line[:60]}"
