"""Which unit answers for what: the invented directory, the truth, and who handled what before.

The directory is a city's usual one: right as a rule, and out of date for a few topics that a reform
gave to another unit. What clerks did is mostly right, too.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from types import MappingProxyType

from civicloop.connectors.sample_city.drafts import Draft
from civicloop.connectors.sample_city.geography import Area, Geography
from civicloop.connectors.sample_city.units import Unit, units
from civicloop.connectors.sample_city.vocabulary import Vocabulary

DIRECTORY_HEADER = (
    "诉求类别", "区划", "层级", "主办单位", "协办单位", "可派基层", "依据",
)  # fmt: skip
HANDLED_HEADER = ("编号", "承办单位", "退回单位")
COUNTY_BRANCHES = (  # led by the government of the county concerned
    "城市管理/市容秩序", "城市管理/违法建设", "农业农村/土地承包", "农业农村/村务管理",
)  # fmt: skip
TOWN_BRANCHES = MappingProxyType(  # likewise; by township or village where it has an office
    {"农业农村/乡村建设": "村", "民政社区/社区建设": "社区"}
)
BRANCHES = frozenset({*COUNTY_BRANCHES, *TOWN_BRANCHES})
COUNTY_CONCERNED = "事发地县区政府"
OUTDATED = MappingProxyType(
    {  # topics whose rule still names the unit of before the reform
        "城市管理/市政设施/道路积水": "住房和城乡建设局",
        "住房物业/物业服务/电梯故障": "住房和城乡建设局",
        "生态环境/噪声污染/施工噪声": "城市管理局",
        "生态环境/水污染/下水道外溢": "城市管理局",
        "农业农村/动物防疫/犬只管理": "农业农村局",
        "治安应急/诈骗案件/非法集资": "公安局",
    }
)
LEVELS = MappingProxyType(
    {"city": "市级", "utility": "企业", "county": "区县", "township": "乡镇", "village": "村级"}
)
GRASSROOTS = ("township", "village")
WRONG_HANDLER_RATIO = 0.02  # of the handled appeals: the unit named did not solve it
RETURNED_RATIO = 0.05
RETURNED_RATIO_OUTDATED = 0.6


class Duties:
    """Knows who answers for a topic in a town."""

    def __init__(self, city: Geography, words: Vocabulary) -> None:
        self._city = city
        listed = units(city)
        self._by_name = {unit.name: unit for unit in listed}
        self._by_area = {unit.area_code: unit for unit in listed if unit.level in AREA_LEVELS}
        self._committees = {
            (town.area.code, village.name): self._by_area[village.code]
            for town in city.towns
            for village in town.villages
            if village.code in self._by_area
        }
        self._city_units = [unit for unit in listed if unit.level not in AREA_LEVELS]
        self._unit_of_topic = {
            problem.filing.topic: self._city_unit(problem.filing.unit) for problem in words.problems
        }
        self._random = random.Random()  # noqa: S311 - seeded anew for every draft

    def right_unit(self, draft: Draft) -> Unit:
        """Return the unit that answers for an appeal."""
        topic, town = draft.filing.topic, draft.thing.town
        branch = topic.rpartition("/")[0]
        if branch in TOWN_BRANCHES and town.area.code in self._by_area:
            committee = self._committees.get((town.area.code, draft.thing.village))
            is_its = draft.thing.village.endswith(TOWN_BRANCHES[branch])
            return committee if committee and is_its else self._by_area[town.area.code]
        if branch in BRANCHES:
            return self._by_area[town.county.code]
        return self._unit_of_topic[topic]

    def handling(self, draft: Draft) -> tuple[str, str]:
        """Return who the earlier system says solved an appeal, and who gave it back before."""
        self._random.seed(draft.own ^ 5)
        draw = self._random.random
        right = self.right_unit(draft)
        topic = draft.filing.topic
        solver = self._another(right, draw()) if draw() < WRONG_HANDLER_RATIO else right
        ratio = RETURNED_RATIO_OUTDATED if topic in OUTDATED else RETURNED_RATIO
        if draw() >= ratio:
            return solver.name, ""
        if topic in OUTDATED:
            return solver.name, self._city_unit(OUTDATED[topic]).name
        return solver.name, self._another(solver, draw()).name

    def rules(self) -> Iterator[tuple[str, ...]]:
        """Yield the rows of the directory."""
        done: set[str] = set()
        for topic, unit in self._unit_of_topic.items():
            branch = topic.rpartition("/")[0]
            path = branch if branch in BRANCHES else topic
            if path in done:
                continue
            done.add(path)
            statute = f"《{self._city.city.name}{topic.split('/')[0].removesuffix('管理')}管理办法》第{6 + len(done) % 40}条"
            if path in BRANCHES:
                yield from self._rules_of_branch(path, unit, statute)
                continue
            lead = self._city_unit(OUTDATED[topic]) if topic in OUTDATED else unit
            yield _row(path, None, lead.level, lead.name, "", statute)

    def _rules_of_branch(self, path: str, unit: Unit, statute: str) -> Iterator[tuple[str, ...]]:
        """One rule does for every county; townships and villages with an office have their own."""
        yield _row(path, None, "county", COUNTY_CONCERNED, unit.name, statute)
        for town in self._city.towns if path in TOWN_BRANCHES else ():
            office = self._by_area.get(town.area.code)
            if office is None:
                continue
            yield _row(path, town.area, office.level, office.name, COUNTY_CONCERNED, statute)
            for village in town.villages:
                committee = self._by_area.get(village.code)
                if committee and village.name.endswith(TOWN_BRANCHES[path]):
                    level, name = committee.level, committee.name
                    yield _row(path, village, level, name, office.name, statute)

    def _city_unit(self, name: str) -> Unit:
        return self._by_name[self._city.city.name + name]

    def _another(self, unit: Unit, share: float) -> Unit:
        others = [other for other in self._city_units if other != unit]
        return others[int(share * len(others))]


AREA_LEVELS = ("county", *GRASSROOTS)


def _row(
    path: str, area: Area | None, level: str, lead: str, assisting: str, statute: str
) -> tuple[str, ...]:
    place = area.code if area else "全市"
    is_allowed = "是" if level in GRASSROOTS else "否"
    return (path, place, LEVELS[level], lead, assisting, is_allowed, statute)
