"""The command: ``python -m cam_course.claims`` measures every claim and writes the page."""

import argparse

from tqdm import tqdm

from cam_course.claims import CLAIMS, Laboratory
from cam_course.claims.claim import verdict
from cam_course.claims.page import PAGE, page


def main(arguments: list[str] | None = None) -> None:
    """Measures the claims named, or all; all together are written, some are only printed."""
    parser = argparse.ArgumentParser(prog="python -m cam_course.claims", description=__doc__)
    names = [claim.name for claim in CLAIMS]
    parser.add_argument("names", nargs="*", metavar="NAME", help="print these only, any of: " + ", ".join(names))
    parser.add_argument("-n", type=int, default=200, help="scenes of each regime (default: 200)")
    options = parser.parse_args(arguments)
    if unknown := set(options.names) - set(names):
        parser.error(f"expected names of claims, got {', '.join(sorted(unknown))}; they are {', '.join(names)}")
    chosen, laboratory, readings = [c for c in CLAIMS if c.name in (options.names or names)], Laboratory(options.n), []
    for claim in (bar := tqdm(chosen, desc="claims")):
        bar.set_postfix_str(claim.name)
        readings.append(claim.read(laboratory))
        tqdm.write(f"{claim.lesson} {claim.name}: {verdict(claim, readings[-1])}")
    text = page(chosen, readings, options.n)
    if options.names:
        tqdm.write(text)
    else:
        PAGE.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
