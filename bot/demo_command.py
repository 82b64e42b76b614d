"""`passalong demo`: a local Telegram in the browser, with a shop in it."""

from __future__ import annotations

import argparse
import asyncio
from functools import partial
from pathlib import Path

from bot.complaint import WRONG_SETTING, complain


def add_demo_parser(demo: argparse.ArgumentParser) -> None:
    """What is shown, and where."""
    demo.add_argument("--port", type=int, default=0, help="port of the page (default: any that is free)")
    demo.add_argument("--campaign", type=Path, help="show this campaign file instead of the one that comes along")
    demo.add_argument("--no-browser", action="store_true", help="do not open the browser")
    demo.set_defaults(command=show_demo)


def show_demo(chosen: argparse.Namespace) -> int:
    """Run the demo until a stop signal; returns the exit status."""
    from bot.campaign_file import CampaignMistake, load_campaign  # noqa: PLC0415 -- only this command needs it
    from bot.playground.demo import DemoRefused, demonstrate  # noqa: PLC0415 -- likewise

    campaign: Path | None = chosen.campaign
    demo = partial(demonstrate, port=chosen.port, open_browser=not chosen.no_browser)
    try:
        if campaign is not None:
            read = load_campaign(campaign).campaign
            shop = next(iter(read.brand.values()))
            demo = partial(demo, campaign=campaign.resolve(), shop=shop, counter=bool(read.catalogue))
        return asyncio.run(demo())
    except CampaignMistake as mistake:
        return complain(f"{campaign}: {mistake}", WRONG_SETTING)
    except OSError as error:
        if campaign is None or error.filename != str(campaign):
            raise
        return complain(f"The campaign {campaign} cannot be read: {error.strerror}.", WRONG_SETTING)
    except DemoRefused as refusal:
        return complain(str(refusal), WRONG_SETTING)
