"""What somebody says of himself that fits one person or one home alone.

"I am the only one who …", "I am the … of class 3", "I am the neighbour of …". It hides the clause: the
words may be harmless each, together they are as good as a name.
"""

import re

from civicloop.engines.pii.plain import Plain
from civicloop.engines.pii.values import PiiKind, Taken

_I = "(?:我们?家?|本人|俺们?|鄙人|本户|我们?夫妻|我们?母子)"
_WORD = r"[^，。；！？,;!?\n\x00\x01]"
_IS = "(?:是|系|为|曾是|就是|家是|属于)"
_ONE = (
    "(?:唯一(?:的)?(?:一[户家个名位]|[^，。；！？,;!?\n]{0,6}(?:住户|业主|租户|户|女工?|男|员工|职工|居民|商户|店|人|家庭|老师|学生|司机))"
    "|仅有的?一[户家个名位]|独一户|独此一[户家]|最后一[户家])"
)
_ALONE = "(?:楼|栋|单元|村|组|层|巷|院|班|店)[^，。；！？,;!?\n]{0,6}(?:只有|就|仅)我们?(?:家|一家|一户|一个人|一人)"
_ROLE_OF_MANY = "(?:学生(?:的?家长)?|家长|女工|老师|教师|员工|职工|工人|护士|医生|司机|保安|保洁员?|厨师|营业员|服务员|住户|租户)"
_ROLE_OF_FEW = "(?:班主任|会计|出纳|老板娘?|店主|店长|经营者|楼长|楼栋长|网格员|副?科长|班长|邻居|前妻|前夫|遗孀|承租人|房东)"
_NARROW = "(?:[0-9一二三四五六七八九十]{1,4}(?:班|车间|科室|号窗口|号摊位?|号铺|床)|车间|科室|窗口|支行|分店|门店|项目部)"
_KINSHIP = "(?:妻子|丈夫|儿子|女儿|父亲|母亲|孙子|孙女|外甥|外孙|爱人|弟弟|哥哥|姐姐|妹妹)"
_PATTERNS = (
    re.compile(rf"{_I}{_IS}{_WORD}{{0,20}}?{_ONE}{_WORD}{{0,16}}"),
    re.compile(rf"{_WORD}{{0,12}}{_ALONE}{_WORD}{{0,16}}"),
    re.compile(rf"{_I}{_IS}{_WORD}{{0,16}}?{_NARROW}{_WORD}{{0,8}}?{_ROLE_OF_MANY}(?!们)"),
    re.compile(rf"{_I}{_IS}{_WORD}{{2,20}}?{_ROLE_OF_FEW}(?![们会])(?=[，。；！？,;!? ]|$)"),
    re.compile(
        rf"{_I}{_IS}(?!一[名个位]){_WORD}{{1,16}}?(?<!孩子)(?<!小孩)(?<!宝宝)(?<!学生)的?{_KINSHIP}(?=[，。；！？,;!? ]|$)"
    ),
)
_SIGNS = re.compile(f"{_I}{_IS}|{_ALONE}")


def find_selves(text: Plain, taken: Taken) -> None:
    """Take the clauses in which the writer tells who he is without a name."""
    if not _SIGNS.search(text.words):
        return
    for pattern in _PATTERNS:
        for match in pattern.finditer(text.words):
            taken.take(PiiKind.SELF, *match.span())
