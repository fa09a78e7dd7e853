"""Tell what kind of party an appeal is about: who runs, owes, builds or decides what is wrong.

Source: own work; the kinds are those that differ in who can make them act.
"""

import re
from collections import Counter
from collections.abc import Iterable

# The order settles ties: a property manager of a school's estate is a property manager.
_WORDS = {
    "property_manager": "物业|业委会",
    "developer": "开发商|楼盘|售楼|置业|地产|交房",
    "school": "学校|校方|中学|小学|幼儿园|老师|大学|学院",
    "training": "培训|驾校|教练|辅导班|健身房|课时",
    "health": "医院|诊所|卫生院|医生|药店|卫生室",
    "utility": "供热|供暖|暖气|自来水|供水|停水|燃气|天然气|供电|停电|电力",
    "transport": "公交|司机|出租车|网约车|客运|地铁|班次",
    "telecom": "宽带|联通|电信公司|基站|快递|驿站",
    "builder": "工地|施工|渣土|混凝土|建筑公司",
    "employer": "工资|老板|包工头|劳务|社保|加班|辞退|用人单位|劳动合同",
    "factory": "工厂|化工|厂区|排污|养殖场|加工厂|厂子",
    "shop": "商家|店家|超市|餐馆|烧烤|饭店|商铺|酒店|店铺|商场|市场|摊|消费者",
    "village": "村委会|村干部|村支书|村里|村民组",
    "office": "窗口|办事员|政务|派出所|街道办|居委会|审批|工作人员",
}
RESPONDENT_TYPES = tuple(_WORDS)
_PATTERNS = {code: re.compile(words) for code, words in _WORDS.items()}
_ASKING = re.compile("(?:希望|请求|恳请|请|建议|要求|盼|望)[^。！？!?\n]*")


def respondent_type(texts: Iterable[str]) -> str:
    """Give the kind of party that texts on one matter name most, or "" when none is named.

    Args:
        texts: subjects and bodies; what they ask for is left out, for it names the authority.

    Returns:
        One of ``RESPONDENT_TYPES``, or "".
    """
    named: Counter[str] = Counter()
    for text in texts:
        told = _ASKING.sub("", text)
        for code, pattern in _PATTERNS.items():
            named[code] += len(pattern.findall(told))
    most = max(RESPONDENT_TYPES, key=lambda code: named[code])
    return most if named[most] else ""
