"""``runfolio compare`` and ``runfolio check``: runs side by side, and rules on them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command, describe
from runfolio.cli.output import (
    json_option,
    print_document,
    print_json,
    printable,
    render_json,
    write_file,
)
from runfolio.cli.words import PLACE, FilePath, one_line_errors, store_option
from runfolio.errors import InvalidRule, RunfolioError
from runfolio.review.limits import MAX_LENGTH, MIN_LENGTH

if TYPE_CHECKING:
    from runfolio.review.comparing import Comparison

FORMATS = ("markdown", "json", "html", "text")

experiment_option = click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME",
    help="Compare runs of this experiment only; may be given more than once.",
)
base_store_option = click.option(
    "--base-store",
    type=PLACE,
    metavar="STORE",
    help="Look the base up in this other store; without a base, all of its runs.",
)
empty_base_option = click.option(
    "--allow-empty-base",
    is_flag=True,
    help="Go on where the base has no runs yet: there is then nothing to compare the head with.",
)


@click.command(cls=Command)
@click.argument("base", required=False)
@click.argument("head", required=False)
@experiment_option
@click.option(
    "--metrics",
    multiple=True,
    metavar="NAME",
    help="Compare these metrics only, such as 'val/*'; may be given more than once.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="Markdown for a pull request, JSON for programs, a page in HTML, or plain text.",
)
@click.option(
    "--site-url", metavar="URL", help="Where the report is published, to link to its compare page."
)
@click.option(
    "--output",
    "-o",
    type=FilePath(path_type=Path, dir_okay=False),
    help="Write to this file instead of printing.",
)
@click.option(
    "--max-length",
    type=click.IntRange(MIN_LENGTH),
    default=MAX_LENGTH,
    show_default=True,
    help="Characters of Markdown at most; details are left out to stay within.",
)
@base_store_option
@empty_base_option
@store_option
@json_option
def compare(
    base: str | None,
    head: str | None,
    experiments: tuple[str, ...],
    metrics: tuple[str, ...],
    form: str,
    site_url: str | None,
    output: Path | None,
    max_length: int,
    base_store: str | None,
    allow_empty_base: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Compare the runs that BASE means with those that HEAD means.

    Each is a run's id or its beginning, a filter such as "params.model = 'cnn'" ("" for all runs),
    git:REVISION (the runs logged at that commit, or at its nearest ancestor that has runs), or
    tag:NAME=VALUE. Several runs on a side count as repeats, such as with several seeds.
    """
    from runfolio.review.comparing import compare_runs

    if head is None and (base is not None or base_store is None):
        raise click.UsageError("Name both BASE and HEAD, or neither beside --base-store.")
    with one_line_errors():
        comparison = compare_runs(
            base or "",
            head or "",
            experiments=experiments or None,
            metrics=metrics or None,
            store=store,
            base_store=base_store,
            allow_empty_base=allow_empty_base,
        )
        form = "json" if as_json else form
        width = None if output else _terminal_width()
        options: dict[str, Any] = {
            "site_url": _check_url(site_url),
            "max_length": max_length,
            "width": width,
        }
        text = _render(comparison, form, **options)
        _deliver(text, form, output)


def _check_url(url: str | None) -> str | None:
    from runfolio.site.addresses import check_site_url

    return None if url is None else check_site_url(url)


def _terminal_width() -> int | None:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _deliver(text: str, form: str, output: Path | None) -> None:
    if output is not None:
        write_file(output, text)
    elif form == "text":
        click.echo(text, nl=False)
    else:
        print_document(text)


def _render(
    comparison: Comparison, form: str, *, site_url: str | None, max_length: int, width: int | None
) -> str:
    if form == "json":
        from runfolio.review.document import make_document

        return render_json(make_document(comparison))
    if form == "markdown":
        from runfolio.review.markdown import render_markdown

        return render_markdown(comparison, site_url=site_url, max_length=max_length)
    if form == "html":
        from runfolio.review.links import make_link
        from runfolio.review.page import make_page
        from runfolio.site.comparison_page import render_comparison

        link = make_link(comparison, site_url) if site_url else None
        return render_comparison(make_page(comparison), link=link)
    from runfolio.review.plain import render_text

    return render_text(comparison, width=width)


@click.command(cls=Command)
@click.option(
    "--baseline",
    metavar="SIDE",
    help="The runs to measure against, named as in runfolio compare.",
)
@click.option(
    "--head",
    metavar="SIDE",
    help="The runs to check.  [default: git:HEAD; beside --base-store, all runs]",
)
@click.option(
    "--fail-if",
    "rules",
    multiple=True,
    required=True,
    metavar="RULE",
    help="When to fail, such as 'metrics.rmse rises > 1%'; may be given more than once.",
)
@click.option(
    "--junit",
    type=FilePath(path_type=Path, dir_okay=False),
    help="Write the result to this file as JUnit's XML, too.",
)
@click.option(
    "--ignore-noise",
    is_flag=True,
    help="With several runs a side, let a move within noise fail as well.",
)
@experiment_option
@base_store_option
@empty_base_option
@store_option
@json_option
@click.pass_context
def check(
    ctx: click.Context,
    baseline: str | None,
    head: str | None,
    rules: tuple[str, ...],
    junit: Path | None,
    ignore_noise: bool,
    experiments: tuple[str, ...],
    base_store: str | None,
    allow_empty_base: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Check runs against rules, and end with exit code 1 when one fails.

    A rule is 'metrics.NAME rises > 1%' (or drops, changes; without % an amount), or on the head
    alone 'metrics.NAME < 0.9'. Exit code 3 says that a rule could not be checked, such as for a
    metric that no run has, 2 that it can't be read. With --allow-empty-base, rules on a change are
    skipped until there is a baseline.
    """
    from runfolio.review.checking import check_runs
    from runfolio.review.verdicts import make_check_document, render_check, render_junit

    try:
        result = check_runs(
            rules,
            baseline=baseline,
            head=head,
            experiments=experiments or None,
            ignore_noise=ignore_noise,
            store=store,
            base_store=base_store,
            allow_empty_base=allow_empty_base,
        )
        if junit is not None:
            write_file(junit, render_junit(result))
    except InvalidRule as error:
        raise click.BadParameter(printable(error), ctx, param_hint="--fail-if") from error
    except RunfolioError as error:
        raise NotChecked(printable(error)) from error
    except OSError as error:
        raise NotChecked(describe(error)) from error
    if as_json:
        print_json(make_check_document(result))
    else:
        click.echo(render_check(result), nl=False)
    ctx.exit(result.exit_code)


class NotChecked(click.ClickException):
    """The check could not be made, which is neither a pass nor a regression."""

    exit_code = 3
