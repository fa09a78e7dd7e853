"""Write the reference pages that say what a table in the code says; run by `make reference`."""

import os
import sys
from pathlib import Path

import django
from django.utils import translation
from django.utils.functional import Promise

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civicloop.config.settings")
django.setup()

from civicloop.apps.accounts.models import Role  # noqa: E402
from civicloop.apps.accounts.policy import ALLOWED, Action  # noqa: E402
from civicloop.apps.accounts.visibility import MATRIX, Protected  # noqa: E402
from civicloop.apps.dispatch.models import OrderState  # noqa: E402
from civicloop.apps.dispatch.transitions import TRANSITIONS, Guard, Transition  # noqa: E402

FOLDER = Path(__file__).parent.parent / "docs" / "reference"
MADE_FROM = "<!-- Written by `make reference` from {source}; do not edit. -->"

GUARD_WORDS = {
    Guard.COMPLETE: "what happened is known",
    Guard.NOT_THE_RESPONDENT: "no unit that takes part is the one complained of",
    Guard.GRASSROOTS_ALLOWED: "a township or village only where the directory's rule allows it",
    Guard.ALONE_IN_KIND: "a report of a wrong joins no other kind, and no other citizen's",
    Guard.LEAD_OF_ORDER: "the actor's unit leads",
    Guard.RETURNABLE: "the unit was not designated after an objection",
    Guard.HIGHER_LEVEL: "of an escalated order: the lead unit is of a higher level than the one before",
    Guard.PARTIES_REPLIED: "every assisting unit has replied",
}
ACTION_WORDS = {
    Action.VIEW_APPEALS: "read appeals, events, hot issues, alarms, classes, checks of replies",
    Action.IMPORT_APPEALS: "import appeals",
    Action.SETTLE_TOPIC: "settle the topic of an appeal",
    Action.EDIT_EVENTS: "merge, split, confirm events and classes",
    Action.PUBLISH_CASES: "publish a case for everybody, in words of its own",
    Action.EXPORT: "take tables out",
    Action.RUN_BACKTEST: "run a back-test of alarms or of the directory",
    Action.VIEW_HISTORY: "read who changed what",
    Action.READ_NOTICES: "read the own notices, choose their ways",
    Action.MANAGE_ACCOUNTS: "make and close accounts, give roles, end sessions",
    Action.MANAGE_KEYS: "give programs of channels their keys, end them",
    Action.VIEW_AUDIT: "read who did and saw what in the whole installation",
    Action.WATCH_JOBS: "watch background work, try failed jobs again",
    Action.CHOOSE_MODEL: "choose which learned version is in use",
    Action.VIEW_ARTICLES: "read the knowledge base, internal articles too",
    Action.WRITE_ARTICLES: "write articles, ask for corrections",
    Action.APPROVE_ARTICLES: "approve articles that another wrote",
    Action.REGISTER_APPEAL: "register, answer on the spot, not accept, transfer",
    Action.SEE_CONTACTS: "see a citizen's name and telephone, for a recorded reason",
    Action.ALLOW_LOOKS: "allow another to see the contact of a report or a confidential appeal",
    Action.VIEW_ORDERS: "see work orders (a unit: its own; a mediator: those of the own disputes)",
    Action.DISPATCH_ORDERS: "dispatch, merge, consult, suspend, decide objections and requests",
    Action.HANDLE_ORDERS: "sign for, object, contact, reply: the own unit's orders",
    Action.ANSWER_FOR_UNIT: "ask for more time, sign a final reply",
    Action.REVIEW_REPLIES: "review replies",
    Action.CALL_BACK: "call citizens back",
    Action.SUPERVISE: "issue and end supervision sheets",
    Action.INSTRUCT: "instruct the lead unit of an order, or write a leader's instruction down",
    Action.DECIDE_NUISANCE: "decide whether a mark on a caller holds, which another proposed",
    Action.OVERSEE: "see what is late, bounced and supervised in the whole city",
    Action.VIEW_DIRECTORY: "read the dispatch directory",
    Action.EDIT_DIRECTORY: "write versions of the directory",
    Action.APPROVE_DIRECTORY: "approve a version that another wrote",
    Action.VIEW_FIGURES: "see the figures (a head of unit: of the own orders)",
    Action.VIEW_AIR: "see the air of cities",
    Action.VIEW_INDICATORS: "see the indicators and what lies behind them",
    Action.SEE_SMALL_COUNTS: "see figures of indicators that tell of a few people",
    Action.RECORD_OBSERVATIONS: "put observations in",
    Action.EDIT_GOALS: "edit the trees of goals",
    Action.HOLD_MEETINGS: "call and hold joint meetings",
    Action.MEDIATE: "hold mediations",
    Action.VIEW_CALENDAR: "read the calendar and the limits",
    Action.EDIT_CALENDAR: "change the calendar",
    Action.HANDLE_PETITIONS: "handle petitions, plan reception days",
}


def states_page() -> str:
    """The states of a work order and every move between them."""
    lines = [
        "# States of a work order",
        "",
        MADE_FROM.format(source="`src/civicloop/apps/dispatch/transitions.py`"),
        "",
        "What is not in the table of moves cannot happen. The usual way: received → registered → to be dispatched → dispatched →",
        "signed for → in progress → replied → reply reviewed → being called back → closed.",
        "",
        "| state | 中文 | in code | moves from here |",
        "|---|---|---|---|",
    ]
    for state in OrderState:
        moves = [f"`{name}`" for name, move in TRANSITIONS.items() if state in move.sources]
        lines.append(
            f"| {state.label} | {_chinese(state.label)} | `{state.value}` | {', '.join(moves) or '–'} |"
        )
    lines += [
        "",
        "## Moves",
        "",
        "A *reason* must be given where the column says so. *The platform* means that a job may make the move without a person.",
        "",
        "| move | from | to | who | what for | only if | reason |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [_move_line(name, move) for name, move in TRANSITIONS.items()]
    return "\n".join(lines) + "\n"


def _move_line(name: str, move: Transition) -> str:
    sources = ", ".join(str(state.label) for state in OrderState if state in move.sources)
    actors = [str(role.label) for role in Role if role in move.actors]
    who = ", ".join([*actors, *(["the platform"] if move.by_platform else [])])
    guards = "; ".join(GUARD_WORDS[guard] for guard in move.guards)
    reason = "yes" if move.asks_reason else ""
    return (
        f"| `{name}` | {sources} | {move.target.label} | {who} | {move.why} | {guards} | {reason} |"
    )


def roles_page() -> str:
    """The roles and what each may do."""
    lines = [
        "# Roles: who may do what",
        "",
        MADE_FROM.format(source="`src/civicloop/apps/accounts/policy.py`"),
        "",
        "Every page and every action asks this one table. An account has one role: `civicloop create-user wang.wei --role dispatcher`; clerks and",
        "heads of units need their unit, `--unit CODE`, and see its orders alone. Give the unit also of a dispatcher, supervisor or leader who belongs",
        "to one, or comes from one: they find nothing that reports it. Citizens have no account. An order's state narrows further",
        "what can be done with it: [States of a work order](work-order-states.md).",
        "",
        "| role | 中文 | in code | who it is |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {role.label} | {_chinese(role.label)} | `{role.value}` | {ROLE_WORDS[role]} |"
        for role in Role
    ]
    lines += ["", "| may | who |", "|---|---|"]
    for action in Action:
        roles = [str(role.label) for role in Role if action in ALLOWED[role]]
        lines.append(f"| {ACTION_WORDS[action]} (`{action.value}`) | {', '.join(roles)} |")
    lines += [
        "",
        "## What tells who a citizen is",
        "",
        "From `apps/accounts/visibility.py`: **full**; **placed**, without persons but with the home, for who acts must go there; **masked**, without",
        "both; **none**. A citizen without log-in reaches the own appeal alone.",
        "",
        f"| role | {' | '.join(PROTECTED_WORDS[what] for what in Protected)} |",
        f"|---|{'---|' * len(Protected)}",
    ]
    lines += [
        f"| {role.label} | {' | '.join(MATRIX[what][role] for what in Protected)} |"
        for role in Role
    ]
    return "\n".join(lines) + "\n"


PROTECTED_WORDS = {
    Protected.WORDS: "citizens' words, notes about them",
    Protected.WORDS_OF_REPORT: "of a report or in confidence",
    Protected.REPLY: "a unit's reply",
    Protected.CASE: "meetings, mediation, petitions",
    Protected.CONTACT: "contact (for a recorded reason)",
    Protected.PHOTO: "a citizen's photograph",
    Protected.PHOTO_OF_REPORT: "photograph of a report",
    Protected.ORIGINAL_ROW: "original row of a file (for a recorded reason)",
}
ROLE_WORDS = {
    Role.GUEST: "the demo's visitor: reads, changes nothing",
    Role.OPERATOR: "takes appeals in, answers on the spot",
    Role.DISPATCHER: "gives orders to units, decides what they ask for",
    Role.REVIEWER: "looks whether a reply answers",
    Role.CALLER_BACK: "asks citizens how it ended",
    Role.UNIT_CLERK: "handles the orders of one unit",
    Role.UNIT_HEAD: "answers for one unit",
    Role.MEDIATOR: "mediates disputes",
    Role.PETITION_OFFICER: "handles petitions and reception days",
    Role.MEETING_SECRETARY: "prepares joint meetings and keeps their decisions",
    Role.SUPERVISOR: "supervises units; approves what others wrote",
    Role.LEADER: "sees the whole city, changes nothing",
    Role.SYSTEM_ADMIN: "keeps calendar and background work going; sees nothing of a citizen",
    Role.SECURITY_ADMIN: "says who works here and in which role; sees nothing of a citizen",
    Role.AUDIT_ADMIN: "reads who did and saw what; sees nothing of a citizen",
}


def _chinese(words: str | Promise) -> str:
    with translation.override("zh-hans"):
        return str(words)


def pages() -> dict[Path, str]:
    """Each page's file and its text."""
    with translation.override("en"):
        return {
            FOLDER / "work-order-states.md": states_page(),
            FOLDER / "roles.md": roles_page(),
        }


def main() -> None:
    for file, text in pages().items():
        file.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
