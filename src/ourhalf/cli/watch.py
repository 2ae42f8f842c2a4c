"""`ourhalf watch`: Assess again and again, and tell of what changed, once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from ourhalf.cli.shell.options import AS_OF, IMAGES, image_options
from ourhalf.cli.shell.problem import Problem, say
from ourhalf.cli.shell.targets import PROFILE_NAME

if TYPE_CHECKING:
    from ourhalf.run import Request

_DURATION = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h|d)?")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, None: 1.0}
_LONGEST = 30 * 86400.0
_MAX_SECRET_BYTES = 4096


def _seconds(_: click.Context, __: click.Parameter, value: str) -> float:
    found = _DURATION.fullmatch(value)
    seconds = float(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0.01 <= seconds <= _LONGEST:
        raise click.BadParameter(f"{value} is no time between 10ms and 30d; write it as 30s, 5m or 1h")
    return seconds


def _address(_: click.Context, __: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, colon, port = value.rpartition(":")
    host = host.strip("[]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f"{value} is no address; write it as 127.0.0.1:9108 or [::1]:9108")
    return host, int(port)


def _dashboard(context: click.Context, _: click.Parameter, value: bool) -> None:
    if value:
        from ourhalf.watch.dashboard import dashboard

        click.echo(dashboard(), nl=False)
        context.exit()


@click.command("watch")
@click.argument("targets", nargs=-1, required=True, metavar="TARGET...")
@click.option(
    "--interval",
    callback=_seconds,
    default="5m",
    show_default=True,
    metavar="D",
    help="How often to look at everything: 30s, 5m, 1h. Changes of files are seen within seconds all the same.",
)
@click.option(
    "--profile",
    metavar="FILE",
    help=f"The profile: what your company asks. If left out: {PROFILE_NAME} here, else in TARGET.",
)
@click.option("--history", metavar="FILE", help="Where the history goes; history.sqlite in the cache if left out.")
@click.option("--alert", "alerts", multiple=True, metavar="KIND:ADDRESS", help="Whom to tell; may repeat. See below.")
@click.option(
    "--alert-secret-file", "secret", metavar="FILE", help="Sign webhooks with what is in this file, by HMAC-SHA256."
)
@click.option(
    "--alert-allow-host",
    "allowed",
    multiple=True,
    metavar="HOST",
    help="Let this webhook have a private address; may repeat.",
)
@click.option(
    "--known",
    is_flag=True,
    help="Tell nobody of what the first assessment finds: it is known. It is in the history all the same.",
)
@click.option("--listen", callback=_address, metavar="ADDRESS:PORT", help="Serve metrics for Prometheus here.")
@click.option("--tls-cert", metavar="FILE", help="Serve them by TLS, with this certificate in PEM.")
@click.option("--tls-key", metavar="FILE", help="The key of the certificate, where it is in another file.")
@click.option("--token-file", metavar="FILE", help="Serve them only to those who show the token in this file.")
@click.option(
    "--once", is_flag=True, help="One round, for a timer that starts it; exit 1 where an alert did not go out."
)
@AS_OF
@IMAGES
@click.option(
    "--print-dashboard",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_dashboard,
    help="Print a dashboard for Grafana of the metrics, and exit.",
)
def command(  # noqa: PLR0913, PLR0917 - one for each option
    targets: tuple[str, ...],
    interval: float,
    profile: str | None,
    history: str | None,
    alerts: tuple[str, ...],
    secret: str | None,
    allowed: tuple[str, ...],
    known: bool,
    listen: tuple[str, int] | None,
    tls_cert: str | None,
    tls_key: str | None,
    token_file: str | None,
    once: bool,
    as_of: str | None,
    **images: Any,
) -> int:
    """Assess TARGETs again and again, keep what changed, and tell of it.

    TARGETs are read as by `ourhalf assess`, every --interval and as soon as a file changes. Each change is written
    to the history together with the alerts about it, and an alert is sent until its destination has taken it, also
    by the next run where this one is killed.

    \b
    --alert webhook:https://HOST/PATH          JSON, with an Idempotency-Key
    --alert slack:https://hooks.slack.com/…    a message to Slack, or what takes its webhooks
    --alert sns:arn:aws:sns:REGION:ACCOUNT:…   JSON to a topic of Amazon SNS
    --alert securityhub:REGION:ACCOUNT         findings of AWS Security Hub
    --alert ocsf:FILE                          events in OCSF, one a line; - for standard output

    KIND:@FILE reads the address from a file, so that it is in no list of processes. `ourhalf history` shows what was
    found when. The exit status is 0 where it was ended by you, and 2 where it cannot go on.
    """
    from ourhalf.history.errors import HistoryError
    from ourhalf.watch.begin import Wanted, begin
    from ourhalf.watch.destination import DestinationError
    from ourhalf.watch.server import ServerError

    if listen is None and (tls_cert or tls_key or token_file):
        raise Problem("--tls-cert, --tls-key and --token-file are for --listen; give that too")
    if tls_key and not tls_cert:
        raise Problem("--tls-key goes with --tls-cert; give that too")
    wanted = Wanted(
        interval=interval,
        history=history,
        alerts=alerts,
        secret=_content(secret, "--alert-secret-file"),
        allowed=allowed,
        known=known,
        listen=listen,
        tls_cert=tls_cert,
        tls_key=tls_key,
        token=_content(token_file, "--token-file"),
        once=once,
        fixed_day=as_of is not None,
    )
    request = _request(targets, profile, as_of, images)
    try:
        return begin(request, wanted, _tell(alerts), say)
    except (DestinationError, HistoryError, ServerError) as error:
        raise Problem(str(error)) from None


def _request(targets: tuple[str, ...], profile: str | None, as_of: str | None, images: dict[str, Any]) -> Request:
    from ourhalf.cli.shell.targets import check, kept_evidence, read_assessment, request

    check(targets)
    for target in targets:
        if read_assessment(target) is not None or kept_evidence((target,)) is not None:
            raise Problem(f"{target} was made once and does not change; watch the configuration that it was made of")
    return request(targets, profile, as_of, images=image_options(images))


def _tell(alerts: tuple[str, ...]) -> Callable[[str], None]:
    """Where changes are told: on standard error where standard output is for events."""
    return say if "ocsf:-" in alerts else click.echo


def _content(path: str | None, option: str) -> str | None:
    """The one line in a file that is for secrets."""
    if path is None:
        return None
    try:
        with open(path, "rb") as file:
            text = file.read(_MAX_SECRET_BYTES + 1).decode().strip()
    except OSError as error:
        raise Problem(f"{option} {path}: {error.strerror}") from None
    except UnicodeDecodeError:
        text = ""
    if not text or not text.isprintable() or len(text) > _MAX_SECRET_BYTES:
        raise Problem(f"{option} {path}: write one line of text into it, and nothing else")
    return text
