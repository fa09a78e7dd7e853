"""Find whom a message complains of: a company, a shop, a unit, an office, a neighbour.

Whoever is named only as the one asked for help (向社区反映, 希望住建局处理) is not meant. A company or
shop counts by being named, a unit or a school only with what it is reproached with.

Source: own work.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from civicloop.engines.text.first_signs import compile_words
from civicloop.engines.text.readings.places import Place

_ROLES = {
    "property": "物业(?:管理)?(?:服务)?(?:公司|中心|管理处|经理|人员|保安|主任|方)?",
    "developer": "开发商|建设单位|施工(?:方|单位|队)|承建[方商]|总包|工程队|拆迁队|承包商|承包人",
    "employer": "包工头|老板娘?|用人单位|劳务公司|人事",
    "landlord": "二?房东|中介|房产中介|租赁公司",
    "committee": "业委会|居委会|村委会|业主委员会|村(?:支)?书记|村干部|村主任|村长|队长|组长",
    "office": "城管(?:队员|人员|局)?|交警(?:队|大队)?|民警|派出所|街道办(?:事处)?|镇政府|乡政府|执法(?:人员|队)|辅警"
    "|窗口(?:人员|工作人员)|工作人员|办事员|司法所|法院|税务局",
    "utility": "供暖公司|热力公司|供电(?:局|公司|所)|电力公司|电力局|自来水公司|水务公司|燃气公司|公交公司|运营商"
    "|快递(?:公司|员|站点?)|环卫(?:工|工人)|驿站|联通|移动公司|电信公司",
    "school": "校方|校长|班主任|老师|教练|园方|园长|培训机构|教育机构|驾校",
    "hospital": "院方|医生|护士|护工",
    "shop": "商家|店家|店主|摊主|摊贩|商贩|小贩|流动摊贩|砂场|厂家|厂方|卖家|客服|业务员|健身房|麻将馆",
    "driver": "司机|驾驶员|渣土车|出租车|网约车",
    "neighbour": "(?:楼[上下]|隔壁|对门|对面)(?:的|那)?(?:邻居|住户|业主|租户|人家|商户|一家)|楼[上下](?=[天经每半深总长一老]|的)|邻居|租客",
}  # fmt: skip
_ROLE_OF = {f"role_{name}": name for name in _ROLES}
_ROLE = compile_words("|".join(f"(?P<role_{name}>{words})" for name, words in _ROLES.items()))
_UNIT = compile_words(
    "局|委员会|大队|支队|管委会|指挥部|法院|检察院|办事处|银行|管理所|管理处|管理站|征收办|拆迁办"
)
_UNIT_NAME = re.compile(r"[\u4e00-\u9fff]{1,8}\Z")
_BEFORE_UNIT = re.compile(
    r".*(?:[向找请给跟由在到被是的和与及去问报让我本该贵]|投诉|反映|举报|希望|建议|要求|咨询|联系|认为|但是?|[区县市镇])"
)
_CLAUSE_END = re.compile(r"[，。；！？,;!?\s：:、]")
_ASKED = re.compile(
    r"(?:向|找|请|给|跟|让|求|由|经|望|希望|恳请|请求|要求|建议|联系|咨询|致电|打给|报|问|去|到|交给|告知|通过|督促|感谢|表扬|麻烦|约谈"
    r"|等|帮助|有关|被|叫|责令|敦促|协调|配合|转|介入)(?:过|了|当地|有关|相关|我们?|本|该|各级|市|区|县|各|社区|和|及|、)*\Z"
)
_ACCUSED = re.compile(
    r"(?:投诉|举报|反映|控告|状告|曝光|反应|针对)(?:的|过|了|一下|该|这个?|：|:)*\Z"
)
_REPROACH = re.compile(
    r"不(?!错|好意思|远|久|同意见)|没|未|拒|乱|强[制行卖收]|违|擅自|私[自下]|拖|欠|推|敷衍|收(?!到|入|悉|件)|占|偷|直?排|打(?!电话|扫)|骂"
    r"|态度|半夜|深夜|每[天晚]|天天|噪|施工|拆|骗|虚假|跑|把|将|长期|卖|贵|涨|扣|逼|威胁|恐吓|克扣|停|霸|坑|诱导|隐瞒|篡改|形同虚设|失职|渎职"
    r"|互相|踢皮球|包庇|勾结|管理混乱|服务差|垃圾|缩水|延期|逾期|跑路|失联|关门|倒闭|焚烧|冒|漏|养|装修|敲|放音乐|唱|跳|堆|砸|摆|搭|挖|让|要(?!求处理)|以"
    r"|开(?!放|通|学|庭|始规划)|只|就|一直|经常|仍|还|体罚|辱|歧视|殴|倒(?!班)|抢|堵|绕|甩|闯|宰|漫|吵|扰|侵|挪|贪|吃拿|卡|刁难|无故|无证|无人|无视|质量|漠"
)
_OWN = re.compile(r"的?(?:一名|一个|普通)?(?:业主|居民|住户|商户|摊主|租户|村民)")
_USED = re.compile(r"(?:在|到|去|从|于)\Z")
_PLACE_AFTER = re.compile(
    r"(?:附近|旁|对面|门口|之间|楼[上下顶]|后面|前面|周边|路口|公交站|[东西南北]侧|背后|隔壁|和|与|、|至|到)"
)
_NAMED_KINDS = ("company", "factory", "shop")
_ALSO_KINDS = ("school", "hospital")
_LOOK = 10
_LEAST = {"neighbour": 2, "office": 2, "committee": 1, "driver": 1, "school": 1, "hospital": 1}
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Respondent:
    """Whom the message complains of; ``text[start:end]`` is the surface."""

    start: int
    end: int
    kind: str  # company, factory, shop, property, developer, unit, office, neighbour …


def find_respondents(text: str, places: Sequence[Place]) -> list[Respondent]:
    """Return at most four respondents in the order of the text, each name once.

    Args:
        text: any text.
        places: the places found in it, which name the companies, shops and schools.
    """
    found: list[Respondent] = []
    surfaces: set[str] = set()
    for named_after, candidate in sorted(
        _candidates(text, places), key=lambda pair: (pair[1].start, -pair[1].end)
    ):
        surface = text[candidate.start : candidate.end]
        is_inside = found and candidate.start < found[-1].end
        if not is_inside and surface not in surfaces and _is_meant(text, candidate, named_after):
            found.append(candidate)
            surfaces.add(surface)
            if len(found) == _MOST:
                break
    return found


def _candidates(text: str, places: Sequence[Place]) -> Iterator[tuple[int, Respondent]]:
    """Yield where each is first named, its areas included, and whom it may mean."""
    for place in places:
        if place.kind in _NAMED_KINDS or place.kind in _ALSO_KINDS:
            start, end = place.named_from, place.named_until
            yield place.start, Respondent(start=start, end=end, kind=place.kind)
    for match in _ROLE.finditer(text):
        kind = _ROLE_OF[match.lastgroup or ""]
        yield match.start(), Respondent(start=match.start(), end=match.end(), kind=kind)
    for match in _UNIT.finditer(text):
        start = _unit_start(text, match.start())
        if start < match.start():
            yield start, Respondent(start=start, end=match.end(), kind="unit")


def _unit_start(text: str, ending_from: int) -> int:
    """Where the name of a unit begins: behind the last word that is no part of one."""
    name = _UNIT_NAME.search(text, max(ending_from - 8, 0), ending_from)
    if name is None:
        return ending_from
    other = _BEFORE_UNIT.match(name.group())
    return name.start() + (other.end() if other else 0)


def _is_meant(text: str, candidate: Respondent, named_after: int) -> bool:
    before = text[max(named_after - _LOOK, 0) : named_after]
    clause = _CLAUSE_END.split(before)[-1]
    if _ASKED.search(clause):
        return False
    after = _CLAUSE_END.split(text[candidate.end : candidate.end + _LOOK], maxsplit=1)[0]
    points = 1 if candidate.kind in _NAMED_KINDS else 0
    points -= 2 if _PLACE_AFTER.match(after) else 0
    points += 2 if _ACCUSED.search(before) else 0
    points += 2 if _REPROACH.match(after) or _REPROACH.search(after) else 0
    points += 1 if candidate.kind in _ALSO_KINDS and _USED.search(clause) else 0
    points -= 1 if _OWN.match(after) else 0
    least = _LEAST.get(candidate.kind, 1)
    if candidate.kind == "unit":
        least = 2
    return points >= least
